//! Records: they are the same on every start, and what is written is remembered.

use serde_json::{Value, json};

use crate::support::{builder, get, vendor};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const JSON: &str = "Content-Type: application/json\r\n";

#[tokio::test]
async fn writes_are_remembered() {
    let sandbox = builder().start().await.unwrap();
    let body = "name=Ada+Lovelace&role=guest&address%5Bcity%5D=London";
    let created = vendor(&sandbox, "POST", "/api/v1/users", FORM, body).await;
    let user = created.json()["user"].clone();
    assert_eq!(user["name"], "Ada Lovelace");
    assert_eq!((&user["role"], &user["address"]["city"]), (&json!("guest"), &json!("London")));
    let one = format!("/api/v1/users/{}", user["id"].as_str().unwrap());
    assert_eq!(get(&sandbox, &one).await.json(), user);
    let listed = get(&sandbox, "/api/v1/users").await.json();
    assert_eq!(listed["data"]["users"][0], user);

    let changed = vendor(&sandbox, "PATCH", &one, JSON, r#"{"name": "Ada King", "email": null}"#);
    assert_eq!(changed.await.json()["name"], "Ada King");
    let read = get(&sandbox, &one).await.json();
    assert_eq!((&read["name"], &read["email"]), (&json!("Ada King"), &Value::Null));

    let gone = vendor(&sandbox, "DELETE", &one, "", "").await;
    assert_eq!((gone.status, gone.body.len()), (204, 0));
    assert_eq!(get(&sandbox, &one).await.status, 404);
    assert_eq!(vendor(&sandbox, "DELETE", &one, "", "").await.status, 404);
    assert_eq!(get(&sandbox, "/api/v1/users/usr_unknown").await.status, 404);
}

#[tokio::test]
async fn an_idempotency_key_makes_one_record() {
    let sandbox = builder().start().await.unwrap();
    let headers = format!("{FORM}Idempotency-Key: k1\r\n");
    let post = |body: &'static str| vendor(&sandbox, "POST", "/api/v1/users", &headers, body);
    let (first, second) = (post("name=A").await.json(), post("name=A").await.json());
    assert_eq!(first["user"]["id"], second["user"]["id"]);
    assert_eq!(post("name=B").await.status, 400);
    let other = vendor(&sandbox, "POST", "/api/v1/users", FORM, "name=A").await.json();
    assert_ne!(first["user"]["id"], other["user"]["id"]);
}

#[tokio::test]
async fn records_are_the_same_on_every_start_and_belong_together() {
    let (a, b) = (builder().start().await.unwrap(), builder().start().await.unwrap());
    let target = "/api/v1/users?limit=100";
    let page = get(&a, target).await.json();
    assert_eq!(page, get(&b, target).await.json());
    let users = page["data"]["users"].as_array().unwrap();
    for user in users.iter().take(20) {
        let one = get(&a, &format!("/api/v1/users/{}", user["id"].as_str().unwrap())).await;
        assert_eq!(one.json(), *user);
    }
    let admins = get(&a, "/api/v1/users?limit=100&role=admin").await.json();
    let admins = admins["data"]["users"].as_array().unwrap();
    assert!(!admins.is_empty() && admins.iter().all(|user| user["role"] == "admin"));
    let ids =
        format!("{}%2C{}", users[3]["id"].as_str().unwrap(), users[1]["id"].as_str().unwrap());
    let two = get(&a, &format!("/api/v1/users?ids={ids}")).await.json();
    assert_eq!(two["data"]["users"], json!([users[3], users[1]]));

    let orders = get(&a, "/api/v1/users/u7/orders?per_page=100").await.json();
    let orders = orders.as_array().unwrap();
    assert!(orders.iter().all(|order| order["buyer_id"] == "u7"));
    let private = orders.iter().filter(|order| order["isPrivate"] == true).count();
    assert!((1..20).contains(&private), "{private}");
}

#[tokio::test]
async fn writes_are_bounded_and_that_is_told() {
    let sandbox = builder().start().await.unwrap();
    // Six requests of about twelve megabytes.
    let body = format!("name={}", "x".repeat(12 * 1024 * 1024));
    let mut statuses = Vec::new();
    let mut last = String::new();
    for _ in 0..6 {
        let answer = vendor(&sandbox, "POST", "/api/v1/users", FORM, &body).await;
        statuses.push(answer.status);
        last = answer.text();
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 507]);
    assert!(last.contains("start it anew"), "{last}");
    assert_eq!(get(&sandbox, "/api/v1/users?limit=1").await.status, 200);
}

#[tokio::test]
async fn web_pages_and_strange_names_are_refused() {
    let sandbox = builder().start().await.unwrap();
    for headers in ["Origin: https://evil.test\r\n", "Origin: null\r\n"] {
        let answer = vendor(&sandbox, "GET", "/api/v1/users", headers, "").await;
        assert_eq!(answer.status, 403, "{headers}");
    }
    let own = format!("Origin: {}\r\n", sandbox.url());
    assert_eq!(vendor(&sandbox, "GET", "/api/v1/users", &own, "").await.status, 200);
    assert!(!sandbox.is_reachable_from_outside());
}
