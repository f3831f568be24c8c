# Completions of airbyte-agent for bash: the program itself says what can stand at the cursor.
_airbyte_agent() {
    local line="${COMP_LINE:0:COMP_POINT}"
    local word="${COMP_WORDS[COMP_CWORD]}"
    local candidates candidate value whole cut=""
    COMPREPLY=()
    candidates="$("${COMP_WORDS[0]}" __complete --line "$line" 2>/dev/null)" || return
    # Bash breaks words at these characters; what stands before the last one is there already.
    whole="${line##*[[:space:]]}"
    case "$whole" in
        *[=:]*) [[ "$COMP_WORDBREAKS" == *"="* ]] && cut="${whole%"${whole##*[=:]}"}" ;;
    esac
    while IFS= read -r candidate; do
        value="${candidate%%$'\t'*}"
        case "$value" in
            "") continue ;;
            :files)
                [[ "$word" == "=" ]] && word=""
                while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$word")
                compopt -o filenames 2>/dev/null
                continue
                ;;
            *[=,.]) compopt -o nospace 2>/dev/null ;;
        esac
        COMPREPLY+=("${value#"$cut"}")
    done <<< "$candidates"
}
complete -F _airbyte_agent airbyte-agent
