//! Gives the same page of users to everyone, as fast as it can.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, json};

/// Records of the page.
pub(crate) const RECORDS: usize = 100;

/// Starts the server; gives its address.
pub(crate) fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let body = page().to_string();
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = answer.clone();
            std::thread::spawn(move || serve(stream, &answer));
        }
    });
    address
}

fn serve(stream: TcpStream, answer: &str) {
    let _ = stream.set_nodelay(true);
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    loop {
        line.clear();
        match reader.read_line(&mut line) {
            Ok(0) | Err(_) => return,
            // The empty line ends the head; a GET has no body.
            Ok(_) if line == "\r\n" => {
                if reader.get_mut().write_all(answer.as_bytes()).is_err() {
                    return;
                }
            }
            Ok(_) => {}
        }
    }
}

fn page() -> Value {
    let users: Vec<Value> = (0..RECORDS)
        .map(|n| {
            json!({
                "id": format!("{}", 7_782_342_274_025_937_895_u64 + n as u64),
                "emailAddress": format!("user{n}@example.com"),
                "created": "2024-03-01T09:30:00Z",
                "active": n % 7 != 0,
                "emailAliases": [format!("u{n}@example.com"), format!("user.{n}@example.com")],
                "trustedEmailAddress": null,
                "firstName": "Ada",
                "lastName": format!("Lovelace {n}"),
                "title": "Account executive",
                "phoneNumber": "+49 30 1234567",
                "extension": "12",
                "personalMeetingUrls": [format!("https://meet.example.com/{n}")],
                "settings": {
                    "webConferencesRecorded": true,
                    "preventWebConferenceRecording": false,
                    "telephonyCallsImported": true,
                    "emailsImported": true,
                    "preventEmailImport": false,
                    "nonRecordedMeetingsImported": false,
                    "gongConnectEnabled": true,
                },
                "managerId": "7782342274025937000",
                "meetingConsentPageUrl": format!("https://join.example.com/{n}"),
                "spokenLanguages": [{"language": "en-US", "primary": true}],
            })
        })
        .collect();
    json!({
        "requestId": "4al018gzaztcr8nbukw",
        "records": {
            "totalRecords": 1000, "currentPageSize": 100, "currentPageNumber": 0,
            "cursor": "eyJhbGciOiJIUzI1NiJ9.eyJjYWxsSWQiM1M30",
        },
        "users": users,
    })
}
