//! Signed assertions of service accounts (RFC 7523, RS256).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// A signed JWT for the token endpoint `audience`. It is valid for an hour.
pub(super) fn sign(credentials_json: &str, scopes: &[String], audience: &str) -> Result<String> {
    let account: Value = serde_json::from_str(credentials_json)
        .map_err(|_| Error::authentication("the service account's key file is not JSON"))?;
    let member = |name: &str| {
        account.get(name).and_then(Value::as_str).ok_or_else(|| {
            Error::authentication(format!("the service account's key file has no '{name}'"))
        })
    };
    let issuer = member("client_email")?;
    let key = key_pair(member("private_key")?)?;
    let now = jiff::Timestamp::now().as_second();
    let claims = json!({
        "iss": issuer,
        "scope": scopes.join(" "),
        "aud": audience,
        "iat": now,
        "exp": now + 3_600,
    });
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&json!({"alg": "RS256", "typ": "JWT"})), encode(&claims));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
        .map_err(|_| Error::authentication("the service account's key cannot sign"))?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn key_pair(pem: &str) -> Result<RsaKeyPair> {
    let unusable =
        || Error::authentication("the service account's private key is not a usable RSA key");
    match PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| unusable())? {
        PrivateKeyDer::Pkcs8(der) => pkcs8(&der),
        PrivateKeyDer::Pkcs1(der) => pkcs1(&der),
        _ => None,
    }
    .ok_or_else(unusable)
}

fn pkcs8(der: &PrivatePkcs8KeyDer<'_>) -> Option<RsaKeyPair> {
    RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok()
}

fn pkcs1(der: &PrivatePkcs1KeyDer<'_>) -> Option<RsaKeyPair> {
    RsaKeyPair::from_der(der.secret_pkcs1_der()).ok()
}

#[cfg(test)]
mod tests {
    use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;

    /// A key that was generated for this test and gives access to nothing.
    const KEY: &str = include_str!("assertion_test_key.pem");

    #[test]
    fn an_assertion_says_who_asks_for_what_and_is_signed() {
        let file = json!({"client_email": "robot@acme.test", "private_key": KEY}).to_string();
        let scopes = ["read".to_owned(), "write".to_owned()];
        let jwt = sign(&file, &scopes, "https://acme.test/token").unwrap();
        let parts: Vec<&str> = jwt.split('.').collect();
        let [head, claims, signature] = parts[..] else { panic!("{jwt}") };
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let read = |part: &str| serde_json::from_slice::<Value>(&decode(part)).unwrap();
        assert_eq!(read(head), json!({"alg": "RS256", "typ": "JWT"}));
        let claims = read(claims);
        assert_eq!(claims["iss"], "robot@acme.test");
        assert_eq!(claims["scope"], "read write");
        assert_eq!(claims["aud"], "https://acme.test/token");
        assert_eq!(claims["exp"].as_i64(), claims["iat"].as_i64().map(|at| at + 3_600));
        let key = key_pair(KEY).unwrap();
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
        let signed = jwt.rsplit_once('.').unwrap().0;
        key.verify(signed.as_bytes(), &decode(signature)).unwrap();
    }

    #[test]
    fn a_bad_key_file_is_told_without_its_content() {
        for (file, word) in [
            ("{".to_owned(), "not JSON"),
            (json!({"private_key": KEY}).to_string(), "client_email"),
            (json!({"client_email": "a@b"}).to_string(), "private_key"),
            (json!({"client_email": "a@b", "private_key": "secret"}).to_string(), "usable RSA"),
        ] {
            let error = sign(&file, &[], "https://acme.test/token").unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
