//! Signed assertions of service accounts (RFC 7523, RS256).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// A JWT for the token endpoint `audience`, valid for an hour.
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
