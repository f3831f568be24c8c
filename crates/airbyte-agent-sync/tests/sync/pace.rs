//! Processes that use the same account keep its limits together, also when some of them are killed.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use airbyte_agent_core::description::RateLimit;
use airbyte_agent_sync::Pace;

/// Names the folder to a process that this test has started.
const FOLDER: &str = "AIRBYTE_AGENT_TEST_PACE";

/// Requests in a second, for all processes.
const MOST: usize = 20;

fn pace(folder: &Path) -> Pace {
    let limit = RateLimit {
        requests: Some(MOST as u64),
        per_seconds: 1,
        scope: "account".into(),
        description: "".into(),
        source: "".into(),
        wait_seconds: 0,
    };
    let together = RateLimit { requests: Some(4), per_seconds: 0, ..limit.clone() };
    Pace::of(&[limit, together]).shared(&folder.join("limits"), "0123")
}

fn now() -> u128 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros()
}

/// What a started process does: it takes turns until it is killed, and writes down each.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_takes_turns() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = std::path::PathBuf::from(folder);
    let pace = pace(&folder);
    for number in 0.. {
        let turn = pace.turn().await;
        let name = format!("{}-{}-{number}", now(), std::process::id());
        std::fs::write(folder.join("turns").join(name), "").unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
        drop(turn);
    }
}

fn start(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "pace::a_process_takes_turns"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn processes_share_the_limit_of_an_account_and_survive_each_other() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("turns")).unwrap();
    let mut running: Vec<Child> = (0..4).map(|_| start(folder.path())).collect();
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(6) {
        std::thread::sleep(Duration::from_millis(150));
        // At any place in what it does: with the lock, with a slot, or between the two.
        let mut killed = running.remove(0);
        killed.kill().unwrap();
        killed.wait().unwrap();
        running.push(start(folder.path()));
    }
    for mut process in running {
        process.kill().unwrap();
        process.wait().unwrap();
    }
    let turns = std::fs::read_dir(folder.path().join("turns")).unwrap();
    let mut times: Vec<u128> = turns
        .map(|turn| turn.unwrap().file_name().into_string().unwrap())
        .map(|name| name.split('-').next().unwrap().parse().unwrap())
        .collect();
    times.sort_unstable();
    assert!(times.len() > 3 * MOST, "only {} turns in 6 s", times.len());
    for (index, first) in times.iter().enumerate() {
        let inside = times[index..].iter().take_while(|time| **time < first + 1_000_000).count();
        // A turn may be written down somewhat later than it was taken.
        assert!(inside <= MOST + 3, "{inside} turns within a second");
    }
}
