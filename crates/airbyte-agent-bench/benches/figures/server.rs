//! A vendor that lists users as fast as possible: every page is made before the first request.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use serde_json::{Value, json};

/// Number of records of an ordinary page.
pub(crate) const RECORDS: usize = 100;

/// Starts the server, and returns its address.
pub(crate) fn start(records: usize, pages: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answers = Arc::new(Answers::new(records, pages));
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answers = Arc::clone(&answers);
            std::thread::spawn(move || serve(stream, &answers));
        }
    });
    address
}

/// A placeholder for the number of the next page, which has eight digits.
const PLACE: &str = "@@@@@@@@";

struct Answers {
    /// The answer with a next page.
    more: String,
    last: String,
    pages: usize,
}

impl Answers {
    fn new(records: usize, pages: usize) -> Self {
        if pages > 1 {
            let more = answer(&page(records, Some(PLACE)));
            return Self { more, last: answer(&page(records, None)), pages };
        }
        // A single page has a cursor, as an ordinary page of the vendor does.
        let cursor = "eyJhbGciOiJIUzI1NiJ9.eyJjYWxsSWQiM1M30";
        Self { more: String::new(), last: answer(&page(records, Some(cursor))), pages }
    }

    /// Writes the answer to a request for the page with this number.
    fn of(&self, page: usize, write: &mut impl Write) -> std::io::Result<()> {
        if page + 1 >= self.pages {
            return write.write_all(self.last.as_bytes());
        }
        write.write_all(self.more.replace(PLACE, &format!("{:08}", page + 1)).as_bytes())
    }
}

fn answer(body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

fn serve(stream: TcpStream, answers: &Answers) {
    let _ = stream.set_nodelay(true);
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    let mut page = 0;
    loop {
        line.clear();
        match reader.read_line(&mut line) {
            Ok(0) | Err(_) => return,
            // The empty line ends the head; a GET has no body.
            Ok(_) if line == "\r\n" => {
                if answers.of(page, reader.get_mut()).is_err() {
                    return;
                }
            }
            Ok(_) if line.starts_with("GET ") => page = requested_page(&line),
            Ok(_) => {}
        }
    }
}

/// The number of the page that a request line names.
fn requested_page(line: &str) -> usize {
    let cursor = line.split("cursor=").nth(1).and_then(|rest| rest.get(..PLACE.len()));
    cursor.and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

/// The JSON body of a page.
pub(crate) fn page(records: usize, cursor: Option<&str>) -> String {
    let users: Vec<String> = (0..records).map(|n| user(n).to_string()).collect();
    let about = json!({
        "totalRecords": 1000, "currentPageSize": records, "currentPageNumber": 0,
        "cursor": cursor,
    });
    let users = users.join(",");
    format!(r#"{{"requestId":"4al018gzaztcr8nbukw","records":{about},"users":[{users}]}}"#)
}

fn user(n: usize) -> Value {
    json!({
        "id": format!("{}", 7_782_342_274_025_937_895_u64 + n as u64),
        "emailAddress": format!("user{n}@example.com"),
        "created": "2024-03-01T09:30:00Z",
        "active": !n.is_multiple_of(7),
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
}
