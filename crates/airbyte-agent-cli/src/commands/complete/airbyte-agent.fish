# Completions of airbyte-agent for fish: the program itself says what can stand at the cursor.
function __airbyte_agent_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    test (count $current) -eq 0; and set current ''
    for line in ($before[1] __complete -- $before[2..-1] $current 2>/dev/null)
        if test "$line" = ':files'
            __fish_complete_path "$current"
        else
            printf '%s\n' "$line"
        end
    end
end
complete -c airbyte-agent -f -a '(__airbyte_agent_complete)'
