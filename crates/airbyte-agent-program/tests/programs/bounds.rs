//! Programs that take too much, and processes that are none of ours.

use airbyte_agent_core::tools::ProgramRunner as _;
use airbyte_agent_program::ProgramProcess;

use crate::host::{Host, run};

/// What a program fails with.
async fn fails(code: &str, parts: &[&str]) {
    let end = run(code).await;
    let message = end.failure.unwrap_or_else(|| panic!("{code} gave {}", end.value));
    assert!(parts.iter().any(|part| message.contains(part)), "{code}: {message}");
}

pub(crate) async fn time_memory_stack_and_output_have_bounds() {
    let endless = ["computed for more than 5 s"];
    let full = ["out of memory", "memory is full", "process ended"];
    let endless_or_full = [endless.as_slice(), full.as_slice()].concat();
    // Programs beside each other, because the endless ones take their whole time.
    tokio::join!(
        fails("for (;;) {}", &endless),
        // A fast machine fills the memory with promises before the time is over.
        fails("const again = () => Promise.resolve().then(again); await again()", &endless_or_full,),
        fails("for (;;) try { for (;;) {} } catch {} finally { continue }", &endless),
        fails("return /^(a+)+$/.test('a'.repeat(40) + 'b')", &endless),
    );
    for code in [
        "const all = []; for (;;) all.push('x'.repeat(1000000) + all.length)",
        "let text = 'x'; for (;;) text += text",
        "return new Array(200000000).fill(1).length",
        "return new Uint8Array(1000000000).length",
        "const all = []; for (;;) all.push({a: [all]})",
    ] {
        fails(
            code,
            &[full.as_slice(), &["invalid array length", "computed for", "string too long"]]
                .concat(),
        )
        .await;
    }
    fails("const down = () => down() + 1; return down()", &["stack", "call stack"]).await;
    fails("return 'x'.repeat(200001)", &["may return 200000"]).await;
    fails("await execute({text: 'x'.repeat(500000)})", &["arguments of execute are too long"])
        .await;
    let end = run("for (let i = 0; i < 100000; i++) print('line ' + i); return 1").await;
    assert_eq!((end.failure, end.printed.len()), (None, 20_000));
    assert_eq!(end.left_out, 1_088_890 - 20_000);
}

/// What is told of a process that runs this command in the place of a program.
async fn told(program: &str, command: &str) -> String {
    let arguments = if command.is_empty() { vec![] } else { vec!["-c", command] };
    let end =
        ProgramProcess::new(program, arguments).run("return 1", vec![], &Host::default()).await;
    end.failure.unwrap_or_else(|| format!("returned {}", end.value))
}

pub(crate) async fn a_process_that_ends_or_lies_is_told() {
    if !cfg!(unix) {
        return;
    }
    let shell = |command: &'static str| told("/bin/sh", command);
    for (told, part) in [
        (told("/no/such/file", "").await, "cannot be started"),
        (shell("exit 3").await, "ended before the program did (exit status: 3)"),
        (shell("kill -9 $$").await, "signal: 9"),
        (shell("echo hello").await, "sent no message"),
        (shell("echo '[1,2]'").await, "sent no message"),
        (shell("echo '{\"call\":2,\"tool\":\"a\",\"arguments\":{}}'; read x").await, "call that cannot be"),
        (shell("echo '{\"call\":1,\"tool\":\"a\",\"arguments\":[]}'; read x").await, "call that cannot be"),
        (shell("while :; do printf 0123456789012345678901234567890123456789; done").await, "more than 1048576 bytes"),
        (shell("printf '{\"end\":{\"value\":1}}'").await, "ended before"),
        // One call is made twice: the second one has a number that was used.
        (
            shell("c='{\"call\":1,\"tool\":\"a\",\"arguments\":{}}'; echo $c; echo $c; read x; read x; read x").await,
            "call that cannot be",
        ),
        (shell("read x; echo '{\"end\":{\"value\":{\"a\":1}}}'").await, "returned {\"a\":1}"),
        (shell("read x; read x").await, "computed for more than 8 s without a word"),
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}
