//! Access tokens that are signed JSON Web Tokens (RFC 9068, RFC 8725).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};
use serde_json::Value;

use super::OAuth;

/// How much the clocks of two machines may differ.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);

/// The longest token that is looked at.
const LONGEST: usize = 16 * 1024;

/// Why a token is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) enum Problem {
    /// The token is not good. The text is for the operator's log: it says nothing of the token's contents.
    Invalid(&'static str),
    /// The token is good and has not all scopes.
    Scope,
    /// The keys of the authorization server cannot be had.
    NoKeys,
}

impl Problem {
    /// The word that RFC 6750 has for it.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_token",
            Self::Scope => "insufficient_scope",
            Self::NoKeys => "temporarily_unavailable",
        }
    }
}

/// How tokens are signed. Algorithms with a shared secret and `none` are not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rsa(Rsa),
    P256,
    P384,
    Ed25519,
}

/// The forms of RSA signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rsa {
    Pkcs256,
    Pkcs384,
    Pkcs512,
    Pss256,
    Pss384,
    Pss512,
}

impl Algorithm {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rsa(Rsa::Pkcs256),
            "RS384" => Self::Rsa(Rsa::Pkcs384),
            "RS512" => Self::Rsa(Rsa::Pkcs512),
            "PS256" => Self::Rsa(Rsa::Pss256),
            "PS384" => Self::Rsa(Rsa::Pss384),
            "PS512" => Self::Rsa(Rsa::Pss512),
            "ES256" => Self::P256,
            "ES384" => Self::P384,
            "EdDSA" | "Ed25519" => Self::Ed25519,
            _ => return None,
        })
    }
}

impl Rsa {
    fn parameters(self) -> &'static RsaParameters {
        match self {
            Self::Pkcs256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Pkcs384 => &RSA_PKCS1_2048_8192_SHA384,
            Self::Pkcs512 => &RSA_PKCS1_2048_8192_SHA512,
            Self::Pss256 => &RSA_PSS_2048_8192_SHA256,
            Self::Pss384 => &RSA_PSS_2048_8192_SHA384,
            Self::Pss512 => &RSA_PSS_2048_8192_SHA512,
        }
    }
}

/// A key of the authorization server.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// Its name, if it has one.
    pub(super) id: Option<String>,
    /// The only algorithm that it is for, if the key says that.
    algorithm: Option<Algorithm>,
    material: Material,
}

#[derive(Debug, Clone)]
enum Material {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Key {
    /// The key of a JSON Web Key; `None` for one that is not for signatures, or of a kind that is not known.
    pub(super) fn read(key: &Value) -> Option<Self> {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        if text("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let point = |length: usize| {
            let (x, y) = (bytes("x")?, bytes("y")?);
            (x.len() == length && y.len() == length).then(|| [&[4][..], &x, &y].concat())
        };
        let material = match (text("kty")?, text("crv")) {
            ("RSA", _) => Material::Rsa { modulus: bytes("n")?, exponent: bytes("e")? },
            ("EC", Some("P-256")) => Material::P256(point(32)?),
            ("EC", Some("P-384")) => Material::P384(point(48)?),
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes("x")?),
            _ => return None,
        };
        let algorithm = match text("alg") {
            None => None,
            Some(name) => Some(Algorithm::named(name)?),
        };
        Some(Self { id: text("kid").map(str::to_owned), algorithm, material })
    }

    /// Whether the key can have made a signature with this header.
    pub(super) fn fits(&self, header: &Header) -> bool {
        let is_kind = matches!(
            (&self.material, header.algorithm),
            (Material::Rsa { .. }, Algorithm::Rsa(_))
                | (Material::P256(_), Algorithm::P256)
                | (Material::P384(_), Algorithm::P384)
                | (Material::Ed25519(_), Algorithm::Ed25519)
        );
        let is_meant = self.algorithm.is_none_or(|algorithm| algorithm == header.algorithm);
        is_kind && is_meant && (header.key.is_none() || self.id == header.key)
    }

    fn has_signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let verified = |by: &'static dyn VerificationAlgorithm, key: &[u8]| {
            UnparsedPublicKey::new(by, key).verify(message, signature)
        };
        match (&self.material, algorithm) {
            (Material::Rsa { modulus, exponent }, Algorithm::Rsa(form)) => {
                let key = RsaPublicKeyComponents { n: modulus, e: exponent };
                key.verify(form.parameters(), message, signature)
            }
            (Material::P256(point), Algorithm::P256) => verified(&ECDSA_P256_SHA256_FIXED, point),
            (Material::P384(point), Algorithm::P384) => verified(&ECDSA_P384_SHA384_FIXED, point),
            (Material::Ed25519(key), Algorithm::Ed25519) => verified(&ED25519, key),
            _ => return false,
        }
        .is_ok()
    }
}

/// What a token says about its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    /// The name of the key.
    pub(super) key: Option<String>,
}

/// A token whose signature was not checked yet. Its claims are not to be had before.
pub(super) struct Token<'t> {
    pub(super) header: Header,
    message: &'t str,
    claims: Vec<u8>,
    signature: Vec<u8>,
}

impl<'t> Token<'t> {
    /// Reads a token.
    pub(super) fn parse(text: &'t str) -> Result<Self, Problem> {
        let wrong = || Problem::Invalid("it is no signed JSON Web Token");
        if text.len() > LONGEST {
            return Err(Problem::Invalid("it is too long"));
        }
        let (message, signature) = text.rsplit_once('.').ok_or_else(wrong)?;
        let (header, claims) = message.split_once('.').ok_or_else(wrong)?;
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| wrong());
        let header: Value = serde_json::from_slice(&decoded(header)?).map_err(|_| wrong())?;
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        let algorithm = text("alg").and_then(Algorithm::named);
        let algorithm = algorithm.ok_or(Problem::Invalid("its algorithm is not accepted"))?;
        if header.get("crit").is_some() {
            return Err(Problem::Invalid("it needs extensions that are not known"));
        }
        // Tokens for other purposes, such as ID tokens with a type of their own, are no access tokens.
        let kind = text("typ").unwrap_or("JWT").to_ascii_lowercase();
        let kind = kind.strip_prefix("application/").unwrap_or(&kind);
        if !matches!(kind, "jwt" | "at+jwt") {
            return Err(Problem::Invalid("it is no access token"));
        }
        let header = Header { algorithm, key: text("kid").map(str::to_owned) };
        Ok(Self { header, message, claims: decoded(claims)?, signature: decoded(signature)? })
    }

    /// Whose token it is, if the key has signed it, this issuer has made it for this resource, and it is
    /// valid now.
    pub(super) fn verified(
        &self,
        key: &Key,
        oauth: &OAuth,
        now: SystemTime,
    ) -> Result<String, Problem> {
        let algorithm = self.header.algorithm;
        if !key.fits(&self.header)
            || !key.has_signed(algorithm, self.message.as_bytes(), &self.signature)
        {
            return Err(Problem::Invalid("its signature is wrong"));
        }
        let claims: Value = serde_json::from_slice(&self.claims)
            .map_err(|_| Problem::Invalid("its claims are no JSON"))?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(oauth.issuer.as_str()) {
            return Err(Problem::Invalid("another issuer has made it"));
        }
        let is_ours =
            |audience: &Value| audience.as_str().is_some_and(|a| same(a, &oauth.resource));
        let is_for_us = match claims.get("aud") {
            Some(Value::Array(all)) => all.iter().any(is_ours),
            Some(one) => is_ours(one),
            None => false,
        };
        if !is_for_us {
            return Err(Problem::Invalid("it is made for another resource"));
        }
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let tolerance = CLOCKS_DIFFER.as_secs_f64();
        let time = |name: &str| match claims.get(name) {
            None => Ok(None),
            Some(time) => time.as_f64().map(Some).ok_or(Problem::Invalid("a time in it is wrong")),
        };
        let ends = time("exp")?.ok_or(Problem::Invalid("it never ends"))?;
        if now >= ends + tolerance {
            return Err(Problem::Invalid("it has ended"));
        }
        if time("nbf")?.is_some_and(|begins| now + tolerance < begins) {
            return Err(Problem::Invalid("it is not valid yet"));
        }
        let granted: Vec<&str> = match (claims.get("scope"), claims.get("scp")) {
            (Some(Value::String(all)), _) | (None, Some(Value::String(all))) => {
                all.split(' ').collect()
            }
            (None, Some(Value::Array(all))) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !oauth.scopes.iter().all(|scope| granted.contains(&scope.as_str())) {
            return Err(Problem::Scope);
        }
        let subject = text("sub").or_else(|| text("client_id")).filter(|name| !name.is_empty());
        subject.map(str::to_owned).ok_or(Problem::Invalid("it does not say whose it is"))
    }
}

/// Whether two addresses of a resource are the same, apart from a slash at the end.
fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::json;

    use super::*;

    struct Signer(EcdsaKeyPair);

    impl Signer {
        fn new() -> Self {
            let random = SystemRandom::new();
            let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
            Self(EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap())
        }

        fn key(&self, id: &str) -> Value {
            let point = self.0.public_key().as_ref();
            let (x, y) = (&point[1..33], &point[33..]);
            json!({"kty": "EC", "crv": "P-256", "kid": id, "x": URL_SAFE_NO_PAD.encode(x),
                   "y": URL_SAFE_NO_PAD.encode(y)})
        }

        fn sign(&self, header: &Value, claims: &Value) -> String {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let message = format!("{}.{}", part(header), part(claims));
            let signature = self.0.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
            format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }

    const NOW: u64 = 1_900_000_000;

    fn changed(name: &str, value: Value) -> Value {
        let mut claims = json!({
            "iss": "https://auth.test", "aud": "https://mcp.test/mcp", "sub": "ann",
            "exp": NOW + 300, "scope": "read mcp",
        });
        match value {
            Value::Null => {
                claims.as_object_mut().unwrap().remove(name);
            }
            value => claims[name] = value,
        }
        claims
    }

    #[test]
    fn a_token_is_good_only_if_everything_about_it_is() {
        let signer = Signer::new();
        let oauth = OAuth::new("https://auth.test", "https://mcp.test/mcp").scope("mcp");
        let good = json!({"alg": "ES256", "kid": "a", "typ": "at+jwt"});
        let invalid = Err("invalid_token");
        for (name, header, claims, expected) in [
            ("good", good.clone(), changed("", json!(1)), Ok("ann")),
            (
                "aud list",
                good.clone(),
                changed("aud", json!(["x", "https://mcp.test/mcp/"])),
                Ok("ann"),
            ),
            (
                "scp",
                good.clone(),
                {
                    let mut c = changed("scope", Value::Null);
                    c["scp"] = json!(["mcp"]);
                    c
                },
                Ok("ann"),
            ),
            ("just ended", good.clone(), changed("exp", json!(NOW - 30)), Ok("ann")),
            (
                "client",
                good.clone(),
                {
                    let mut c = changed("sub", Value::Null);
                    c["client_id"] = json!("bot");
                    c
                },
                Ok("bot"),
            ),
            ("no type", json!({"alg": "ES256", "kid": "a"}), changed("", json!(1)), Ok("ann")),
            ("no key", json!({"alg": "ES256"}), changed("", json!(1)), Ok("ann")),
            ("issuer", good.clone(), changed("iss", json!("https://auth.test/")), invalid),
            ("no issuer", good.clone(), changed("iss", Value::Null), invalid),
            ("audience", good.clone(), changed("aud", json!("https://other.test/mcp")), invalid),
            ("part of audience", good.clone(), changed("aud", json!("https://mcp.test")), invalid),
            ("no audience", good.clone(), changed("aud", Value::Null), invalid),
            ("ended", good.clone(), changed("exp", json!(NOW - 61)), invalid),
            ("endless", good.clone(), changed("exp", Value::Null), invalid),
            ("end as text", good.clone(), changed("exp", json!("never")), invalid),
            ("early", good.clone(), changed("nbf", json!(NOW + 90)), invalid),
            ("nobody", good.clone(), changed("sub", Value::Null), invalid),
            (
                "scope",
                good.clone(),
                changed("scope", json!("read mcpx")),
                Err("insufficient_scope"),
            ),
            ("no scope", good.clone(), changed("scope", Value::Null), Err("insufficient_scope")),
            ("another key", json!({"alg": "ES256", "kid": "b"}), changed("", json!(1)), invalid),
            ("none", json!({"alg": "none"}), changed("", json!(1)), invalid),
            ("shared secret", json!({"alg": "HS256", "kid": "a"}), changed("", json!(1)), invalid),
            (
                "another algorithm",
                json!({"alg": "RS256", "kid": "a"}),
                changed("", json!(1)),
                invalid,
            ),
            ("extensions", json!({"alg": "ES256", "crit": ["x"]}), changed("", json!(1)), invalid),
            (
                "another type",
                json!({"alg": "ES256", "typ": "logout+jwt"}),
                changed("", json!(1)),
                invalid,
            ),
        ] {
            let text = signer.sign(&header, &claims);
            let key = Key::read(&signer.key("a")).unwrap();
            let now = UNIX_EPOCH + Duration::from_secs(NOW);
            let found = Token::parse(&text).and_then(|token| token.verified(&key, &oauth, now));
            let found = found.as_ref().map(String::as_str).map_err(Problem::code);
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn what_was_changed_or_signed_by_others_is_refused() {
        let (signer, other) = (Signer::new(), Signer::new());
        let oauth = OAuth::new("https://auth.test", "https://mcp.test/mcp");
        let header = json!({"alg": "ES256", "kid": "a"});
        let good = signer.sign(&header, &changed("", json!(1)));
        let key = Key::read(&signer.key("a")).unwrap();
        let now = UNIX_EPOCH + Duration::from_secs(NOW);
        let (message, signature) = good.rsplit_once('.').unwrap();
        let forged = other.sign(&header, &changed("sub", json!("root")));
        let (forged_message, _) = forged.rsplit_once('.').unwrap();
        for text in [
            forged.clone(),
            format!("{forged_message}.{signature}"),
            format!("{message}."),
            format!("{message}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
            message.to_owned(),
            format!("{good}="),
            format!(" {good}"),
            "x".repeat(20_000),
            "a.b.c".to_owned(),
            String::new(),
        ] {
            let found = Token::parse(&text).and_then(|token| token.verified(&key, &oauth, now));
            assert!(matches!(found, Err(Problem::Invalid(_))), "{text} {found:?}");
        }
        for wrong in [
            json!({"kty": "oct", "k": "c2VjcmV0"}),
            json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
            json!({"kty": "EC", "crv": "P-256", "use": "enc", "x": "AA", "y": "AA"}),
            json!({"kty": "RSA"}),
            json!(5),
        ] {
            assert!(Key::read(&wrong).is_none(), "{wrong}");
        }
    }
}
