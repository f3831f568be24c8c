//! What programs give, and how their calls are made.

use serde_json::json;

use crate::host::{Host, run, run_with, value};

pub(crate) async fn what_a_program_returns_is_the_answer() {
    for (code, expected) in [
        ("return 1 + 1", json!(2)),
        ("const {data} = await execute({a: [1, 'x']}); return data", json!([{"a": [1, "x"]}])),
        ("return (await search()).data", json!([{}])),
        (
            "return new Map([['a', new Set([1])], ['b', 10n ** 20n], ['c', NaN]])",
            json!({"a": [1], "b": "100000000000000000000", "c": "NaN"}),
        ),
        ("return [undefined, new Date(0), null]", json!([null, "1970-01-01T00:00:00.000Z", null])),
        (
            "return [1.5, 1e300, -0.1, 9007199254740991]",
            json!([1.5, 1e300, -0.1, 9_007_199_254_740_991_u64]),
        ),
        ("return 'ü \u{1F600} \\n'", json!("ü \u{1F600} \n")),
        (
            "const t = {}; for (const w of ['a', 'b', 'a']) t[w] = (t[w] ?? 0) + 1; return t",
            json!({"a": 2, "b": 1}),
        ),
        ("return 'a1b22'.replace(/[0-9]+/g, n => `<${n.length}>`)", json!("a<1>b<2>")),
        ("// a comment at the end\nreturn 3 // and here", json!(3)),
        ("", json!(null)),
        // A result of two megabytes comes whole.
        ("return (await execute({size: 2000000})).data.length", json!(2_000_000)),
    ] {
        assert_eq!(value(code).await, expected, "{code}");
    }
    let end = run("print('a', {b: 1}, undefined); console.log([1]); return 7").await;
    assert_eq!((end.value, end.printed.as_str()), (json!(7), "a {\"b\":1} undefined\n[1]\n"));
}

pub(crate) async fn calls_are_made_at_the_same_time_up_to_a_bound() {
    let host = Host::default();
    let code = "const all = await Promise.all([...Array(20).keys()].map(n => execute({n, wait: 50})));\n\
                return all.map(r => r.data[0].n)";
    let end = run_with(&host, code).await;
    assert_eq!(end.value, json!((0..20).collect::<Vec<_>>()), "{end:?}");
    assert_eq!(host.most_at_once(), 8);
    assert!(host.called().iter().all(|(tool, _)| tool == "execute"));
    // A call that depends on another one waits for it.
    let host = Host::default();
    let end =
        run_with(&host, "for (let n = 0; n < 3; n++) await search({n, wait: 1}); return 'done'")
            .await;
    assert_eq!((end.value, host.most_at_once()), (json!("done"), 1));
    // Many long results at the same time, more than the streams hold.
    let code = "const all = await Promise.all([...Array(30).keys()].map(() => execute({size: 300000, more: 'y'.repeat(50000)})));\n\
                return all.reduce((sum, r) => sum + r.data.length, 0)";
    assert_eq!(value(code).await, json!(9_000_000));
}

pub(crate) async fn errors_of_calls_can_be_caught() {
    let code = "try { await execute({bad: true}) } catch (e) { return [e.name, e.kind, e.message, e.retry] }";
    assert_eq!(
        value(code).await,
        json!(["ToolError", "not_found", "There is no such book.", "never"])
    );
    let code = "const all = await Promise.allSettled([execute({}), execute({bad: true})]);\n\
                return all.map(one => one.status)";
    assert_eq!(value(code).await, json!(["fulfilled", "rejected"]));
}

pub(crate) async fn what_is_not_awaited_is_not_lost() {
    // A call that succeeds is made to its end.
    let host = Host::default();
    let end = run_with(&host, "execute({wait: 50}); return 1").await;
    assert_eq!((end.failure, host.called().len(), host.most_at_once()), (None, 1, 1));
    // One that fails is told.
    let end = run("execute({bad: true}); return 1").await;
    let failure = end.failure.unwrap();
    assert!(failure.contains("did not wait for failed: There is no such book"), "{failure}");
    // So is one of several, and one that is caught later is not.
    let end = run("const late = execute({bad: true}); await execute({wait: 50}); try { await late } catch {} return 2").await;
    assert_eq!((end.failure, end.value), (None, json!(2)));
    // After a failure, calls that are open end, and no new ones begin.
    let host = Host::default();
    let code = "(async () => { await execute({wait: 50}); await execute({n: 2}) })().catch(() => {}); throw new Error('no')";
    let end = run_with(&host, code).await;
    assert!(end.failure.unwrap().contains("no"));
    assert_eq!(host.called().len(), 1);
}
