#compdef airbyte-agent
# Completions of airbyte-agent for zsh: the program itself says what can stand at the cursor.
_airbyte_agent() {
    local -a lines described open
    local line value entry
    lines=("${(@f)$("${words[1]}" __complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    for line in "${lines[@]}"; do
        value="${line%%$'\t'*}"
        [[ -z "$value" ]] && continue
        if [[ "$value" == ":files" ]]; then
            _files
            continue
        fi
        entry="${value//:/\\:}:${line#*$'\t'}"
        if [[ "$value" == *[=,.] ]]; then open+=("$entry"); else described+=("$entry"); fi
    done
    (( ${#described} )) && _describe -V 'airbyte-agent' described
    (( ${#open} )) && _describe -V 'airbyte-agent' open -S ''
    return 0
}
if [[ "${funcstack[1]}" == "_airbyte_agent" ]]; then
    _airbyte_agent "$@"
else
    compdef _airbyte_agent airbyte-agent
fi
