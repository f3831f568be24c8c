//! The store on disk: kept, listed, shared, broken.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use airbyte_agent_accounts::{Account, AccountTokens, Options, Passphrase, Place, Store};
use airbyte_agent_core::{ErrorKind, StoredTokens, TokenStore as _, TokenUpdate};

const CANARY: &str = "canary-5f1c9b7e";

fn store(folder: &Path) -> Store {
    let options = Options::new(folder.join("accounts"));
    Store::open(options.place(Place::File).passphrase(Passphrase::known("open sesame")))
}

fn tokens(access: &str, refresh: &str) -> StoredTokens {
    let mut tokens = StoredTokens::default();
    tokens.access_token = Some(access.into());
    tokens.refresh_token = Some(refresh.into());
    tokens.expires_at = Some(SystemTime::now() + Duration::from_secs(3_600));
    tokens
}

/// Every byte of every file.
fn everything(folder: &Path) -> Vec<u8> {
    let files = fs::read_dir(folder.join("accounts")).unwrap();
    files.flat_map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
}

#[test]
fn accounts_are_kept_listed_and_forgotten() {
    let home = tempfile::tempdir().unwrap();
    assert!(store(home.path()).list().unwrap().is_empty());
    assert!(!home.path().join("accounts").exists(), "listing makes nothing");
    for name in ["work", "default"] {
        let account = Account::new("acme", name).scheme("oauth2").field("client_secret", CANARY);
        let place = store(home.path()).put(&account.tokens(tokens(CANARY, CANARY))).unwrap();
        assert_eq!(place, Place::File);
    }
    // Another process, which does not know the passphrase.
    let locked = Store::open(Options::new(home.path().join("accounts")));
    let entries = locked.list().unwrap();
    let names: Vec<&str> = entries.iter().map(|entry| entry.account.as_str()).collect();
    assert_eq!(names, ["default", "work"]);
    assert!(entries[0].renews && entries[0].expires_at.is_some());
    assert_eq!(locked.get("acme", "work").unwrap_err().kind(), ErrorKind::Usage);

    let read = store(home.path()).get("acme", "work").unwrap().unwrap();
    assert_eq!(read.scheme_name(), Some("oauth2"));
    assert!(store(home.path()).get("acme", "home").unwrap().is_none());
    assert!(!everything(home.path()).windows(CANARY.len()).any(|part| part == CANARY.as_bytes()));

    // Forgetting needs no passphrase.
    assert!(locked.remove("acme", "work").unwrap());
    assert!(!locked.remove("acme", "work").unwrap());
    assert_eq!(locked.list().unwrap().len(), 1);
    assert!(!home.path().join("accounts/acme~work.sealed").exists());
}

#[test]
fn a_wrong_passphrase_and_damaged_files_are_told() {
    let home = tempfile::tempdir().unwrap();
    store(home.path()).put(&Account::new("acme", "a").field("token", CANARY)).unwrap();
    let folder = home.path().join("accounts");
    let options = Options::new(&folder).passphrase(Passphrase::known("wrong"));
    let error = Store::open(options).get("acme", "a").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.to_string().contains("passphrase"), "{error}");

    // A file of another account does not open under this name.
    store(home.path()).put(&Account::new("acme", "b").field("token", "other")).unwrap();
    fs::copy(folder.join("acme~b.sealed"), folder.join("acme~a.sealed")).unwrap();
    let error = store(home.path()).get("acme", "a").unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
    fs::remove_file(folder.join("acme~a.sealed")).unwrap();
    let error = store(home.path()).get("acme", "a").unwrap_err();
    assert!(error.to_string().contains("log in again"), "{error}");
    fs::write(folder.join("index.json"), "{").unwrap();
    let error = store(home.path()).list().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage, "{error}");
    assert!(
        error.to_string().contains(&folder.join("index.json").display().to_string()),
        "{error}"
    );
    assert!(error.to_string().contains("move it away"), "{error}");
}

#[test]
fn an_account_with_a_refresh_token_renews() {
    let home = tempfile::tempdir().unwrap();
    let store = store(home.path());
    store.put(&Account::new("acme", "a").field("refresh_token", CANARY)).unwrap();
    store.put(&Account::new("acme", "b").field("token", CANARY)).unwrap();
    let renews: Vec<bool> = store.list().unwrap().iter().map(|entry| entry.renews).collect();
    assert_eq!(renews, [true, false]);
}

/// Names that earlier versions kept in one file.
const ALIKE: [(&str, &str); 3] = [("a", "b.c.d"), ("a.b", "c.d"), ("a.b.c", "d")];

fn token(store: &Store, (connector, account): (&str, &str)) -> Option<String> {
    let account = store.get(connector, account).unwrap()?;
    let tokens = account.stored_tokens().unwrap().access_token.clone().unwrap();
    Some(secrecy::ExposeSecret::expose_secret(&tokens).to_owned())
}

#[test]
fn no_account_takes_the_place_of_another() {
    let home = tempfile::tempdir().unwrap();
    let store = store(home.path());
    for (connector, name) in ALIKE {
        store.put(&Account::new(connector, name).tokens(tokens(connector, name))).unwrap();
    }
    for (connector, name) in ALIKE {
        assert_eq!(token(&store, (connector, name)).as_deref(), Some(connector));
    }
    assert!(store.remove("a.b", "c.d").unwrap());
    assert_eq!(token(&store, ("a.b", "c.d")), None);
    assert_eq!(token(&store, ("a", "b.c.d")).as_deref(), Some("a"));
}

/// Moves the file of an account to where an earlier version had it.
fn age(folder: &Path, (connector, account): (&str, &str)) {
    let now = folder.join(format!("{connector}~{account}.sealed"));
    fs::rename(now, folder.join(format!("{connector}.{account}.sealed"))).unwrap();
}

#[test]
fn files_of_earlier_versions_are_read_and_go_with_the_next_change() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("accounts");
    let former = |name: &str| folder.join(format!("{name}.sealed")).exists();
    let store = store(home.path());
    let keep = |(connector, name): (&str, &str)| {
        store.put(&Account::new(connector, name).tokens(tokens(connector, name))).unwrap();
    };
    keep(("acme", "me@acme.com"));
    age(&folder, ("acme", "me@acme.com"));
    assert_eq!(token(&store, ("acme", "me@acme.com")).as_deref(), Some("acme"));
    keep(("acme", "me@acme.com"));
    assert!(!former("acme.me@acme.com") && former("acme~me@acme.com"));
    age(&folder, ("acme", "me@acme.com"));
    assert!(store.remove("acme", "me@acme.com").unwrap());
    assert!(!former("acme.me@acme.com"));

    // Two accounts wrote the same file, the second one last.
    let [first, second, _] = ALIKE;
    keep(first);
    age(&folder, first);
    keep(second);
    age(&folder, second);
    let error = store.get(first.0, first.1).unwrap_err();
    assert!(error.to_string().contains("another account"), "{error}");
    assert_eq!(token(&store, second).as_deref(), Some(second.0));
    // Logging in to the first again, or removing it, leaves the second what is its own.
    keep(first);
    assert_eq!(token(&store, first).as_deref(), Some(first.0));
    assert_eq!(token(&store, second).as_deref(), Some(second.0));
    assert!(store.remove(first.0, first.1).unwrap());
    assert_eq!(token(&store, second).as_deref(), Some(second.0));
    keep(second);
    assert!(!former("a.b.c.d"));
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_open_to_others_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("accounts");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    let store = store(home.path());
    let account = Account::new("acme", "a").field("token", CANARY);
    for error in [
        store.put(&account).unwrap_err(),
        store.list().unwrap_err(),
        store.get("acme", "a").unwrap_err(),
        store.remove("acme", "a").unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.to_string().contains("chmod 700"), "{error}");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_short_passphrase_seals_nothing() {
    let home = tempfile::tempdir().unwrap();
    let options = Options::new(home.path().join("accounts")).place(Place::File);
    let short = Store::open(options.passphrase(Passphrase::known("x")));
    let error = short.put(&Account::new("acme", "a").field("token", CANARY)).unwrap_err();
    assert!(error.to_string().contains("at least 8 characters"), "{error}");
    assert!(short.list().unwrap().is_empty());
    let left = fs::read_dir(home.path().join("accounts")).unwrap();
    let names: Vec<_> = left.map(|file| file.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| name.to_string_lossy().ends_with(".lock")), "{names:?}");
}

#[test]
fn an_index_that_names_files_elsewhere_is_refused() {
    let home = tempfile::tempdir().unwrap();
    store(home.path()).put(&Account::new("acme", "a").field("token", CANARY)).unwrap();
    let index = home.path().join("accounts/index.json");
    let text = fs::read_to_string(&index).unwrap();
    for name in ["../a", "/etc/a", "A", "a~b", ""] {
        let written = text.replace("\"account\": \"a\"", &format!("\"account\": \"{name}\""));
        assert_ne!(written, text);
        fs::write(&index, written).unwrap();
        assert_eq!(store(home.path()).list().unwrap_err().kind(), ErrorKind::Storage, "{name}");
    }
}

#[test]
fn many_writers_lose_nothing() {
    let home = tempfile::tempdir().unwrap();
    store(home.path()).put(&Account::new("acme", "first")).unwrap();
    thread::scope(|scope| {
        for writer in 0..4 {
            let path = home.path();
            scope.spawn(move || {
                let store = store(path);
                for round in 0..5 {
                    let name = format!("{writer}-{round}");
                    store.put(&Account::new("acme", name).field("token", "x")).unwrap();
                }
            });
        }
    });
    assert_eq!(store(home.path()).list().unwrap().len(), 21);
    let left = fs::read_dir(home.path().join("accounts")).unwrap();
    let left = left.filter(|file| file.as_ref().unwrap().file_name().as_encoded_bytes()[0] == b'.');
    assert_eq!(left.count(), 0, "no file is left half-made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_renewed_by_one_process_at_a_time() {
    let home = tempfile::tempdir().unwrap();
    let account =
        Account::new("acme", "a").scheme("oauth2").tokens(tokens("access-0", "refresh-0"));
    store(home.path()).put(&account).unwrap();
    let renewals = Arc::new(AtomicUsize::new(0));
    let text = |stored: StoredTokens| {
        secrecy::ExposeSecret::expose_secret(&stored.access_token.unwrap()).to_owned()
    };
    let open = |_| {
        let store = store(home.path());
        AccountTokens::new(&store.get("acme", "a").unwrap().unwrap(), &store)
    };
    let opened: Vec<AccountTokens> = (0..4).map(open).collect();
    let renewed = opened.into_iter().map(|tokens| {
        let renewals = Arc::clone(&renewals);
        tokio::spawn(async move {
            assert_eq!(text(tokens.load().await.unwrap()), "access-0", "opened once");
            let _lock = tokens.lock().await.unwrap();
            // What a client does: a token that somebody renewed meanwhile is taken as it is.
            let stored = tokens.load().await.unwrap();
            if text(stored.clone()) == "access-0" {
                renewals.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(100)).await;
                let update = TokenUpdate::new("access-1").refresh_token("refresh-1");
                tokens.save(&stored.renewed(&update)).await.unwrap();
            }
            text(tokens.load().await.unwrap())
        })
    });
    for renewed in renewed.collect::<Vec<_>>() {
        assert_eq!(renewed.await.unwrap(), "access-1");
    }
    assert_eq!(renewals.load(Ordering::SeqCst), 1);
    // An account that is forgotten meanwhile does not come back.
    let store = store(home.path());
    let account = store.get("acme", "a").unwrap().unwrap();
    let tokens = AccountTokens::new(&account, &store);
    assert_eq!(tokens.connector(), Some("acme"));
    let stored = tokens.load().await.unwrap();
    assert!(store.remove("acme", "a").unwrap());
    tokens.save(&stored.renewed(&TokenUpdate::new("access-2"))).await.unwrap();
    assert!(store.list().unwrap().is_empty());
}

#[tokio::test]
async fn tokens_that_cannot_be_saved_or_loaded_are_errors() {
    let home = tempfile::tempdir().unwrap();
    let store = store(home.path());
    store.put(&Account::new("acme", "a").tokens(tokens("access-0", "refresh-0"))).unwrap();
    let account = store.get("acme", "a").unwrap().unwrap();
    let tokens = AccountTokens::new(&account, &store);
    let stored = tokens.load().await.unwrap();
    // The index is a folder now, which nobody can read or replace.
    let index = store.folder().join("index.json");
    assert!(index.is_file());
    fs::remove_file(&index).unwrap();
    fs::create_dir(&index).unwrap();
    let update = TokenUpdate::new("access-1");
    for error in
        [tokens.load().await.unwrap_err(), tokens.save(&stored.renewed(&update)).await.unwrap_err()]
    {
        assert_eq!(error.kind(), ErrorKind::Storage, "{error}");
        assert!(
            std::error::Error::source(&error)
                .is_some_and(<dyn std::error::Error + 'static>::is::<std::io::Error>)
        );
    }
}
