//! Tests of completions: the scripts of shells, and what shells offer with them.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::run::{PROGRAM, run, spec};

#[test]
fn every_shell_has_a_script() {
    for (shell, part) in [
        ("bash", "complete -F _airbyte_agent airbyte-agent"),
        ("zsh", "#compdef airbyte-agent"),
        ("fish", "complete -c airbyte-agent"),
        ("elvish", "idempotency-key"),
        ("powershell", "idempotency-key"),
    ] {
        let outcome = run(&["completions", shell]).succeeded();
        assert!(outcome.stdout.contains(part), "{shell}");
    }
    assert_eq!(run(&["completions", "sh"]).code, 2);
    assert!(!run(&["--help"]).stdout.contains("__complete"));
}

/// Whether a shell is installed; shells other than bash often are not.
fn exists(program: &str) -> bool {
    let mut command = Command::new(program);
    command.args(["-c", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What a shell prints for this script, with the program in its search path.
fn shell(program: &str, script: &str) -> String {
    let folder = Path::new(PROGRAM).parent().unwrap().display().to_string();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap());
    let mut command = Command::new(program);
    let output = command.args(["-c", script]).env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn bash_completes_names_arguments_and_values() {
    if !exists("bash") {
        return;
    }
    let spec = spec();
    let of_spec = format!("airbyte-agent exec --spec {spec} th");
    // Words as bash breaks them: at blanks, `=` and `:`.
    for (line, words, expected) in [
        ("airbyte-agent desc", "airbyte-agent desc", "describe"),
        ("airbyte-agent exec gith", "airbyte-agent exec gith", "github"),
        ("airbyte-agent exec github issues l", "airbyte-agent exec github issues l", "list"),
        (
            "airbyte-agent exec github issues list -p ow",
            "airbyte-agent exec github issues list -p ow",
            "owner=",
        ),
        (
            "airbyte-agent exec github issues list -p states=OP",
            "airbyte-agent exec github issues list -p states = OP",
            "OPEN",
        ),
        (
            "airbyte-agent exec github issues list -p states=",
            "airbyte-agent exec github issues list -p states =",
            "OPEN CLOSED",
        ),
        (
            "airbyte-agent exec github issues list --output=cs",
            "airbyte-agent exec github issues list --output = cs",
            "csv",
        ),
        (of_spec.as_str(), of_spec.as_str(), "things"),
    ] {
        let script = format!(
            "source <(airbyte-agent completions bash)\n\
             COMP_WORDBREAKS=$' \\t\\n=:'; COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}\n\
             COMP_WORDS=({words}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))\n\
             _airbyte_agent; echo \"${{COMPREPLY[*]}}\""
        );
        assert_eq!(shell("bash", &script).trim_end(), expected, "{line}");
    }
}

#[test]
fn other_shells_read_their_scripts() {
    for (program, check) in [
        ("zsh", "autoload -Uz compinit; compinit -u -D; source <(airbyte-agent completions zsh)"),
        ("fish", "airbyte-agent completions fish | source; complete -C 'airbyte-agent exec gith'"),
    ] {
        if exists(program) {
            let shown = shell(program, check);
            assert!(program != "fish" || shown.starts_with("github"), "{shown}");
        }
    }
}
