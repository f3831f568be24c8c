//! Resolves names that come from responses, and lets only public addresses be reached.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use url::{Host, Url};

use super::HttpFailure;
use super::address::{is_public, is_public_host};

/// Longest wait for the addresses of a name.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(10);

/// Gives the client only public addresses, so that no private network is reached, whatever a name
/// resolves to at that moment.
pub(super) struct PublicResolver;

impl reqwest::dns::Resolve for PublicResolver {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = addresses.filter(|addr| is_public(addr.ip())).collect();
            if public.is_empty() {
                let message = format!("{} has no public address", name.as_str());
                return Err(message.into());
            }
            Ok(Box::new(public.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

/// Refuses an address from a response for a client that does not check addresses itself.
pub(crate) async fn check_public(url: &Url) -> Result<(), HttpFailure> {
    check_text(url)?;
    check_resolved(url).await
}

/// Refuses an address from a response whose text shows that it is not public.
pub(super) fn check_text(url: &Url) -> Result<(), HttpFailure> {
    if is_public_host(url) {
        return Ok(());
    }
    let host = url.host_str().unwrap_or_default();
    Err(refused(format!("the address {host} is not a public one")))
}

/// Refuses an address from a response to which a proxy or a client of the user would connect,
/// unless this machine resolves its name to public addresses.
///
/// The proxy or client resolves the name again, so every address must be public and not just one. A
/// name that this machine cannot resolve is refused: it may belong to the proxy's own network.
pub(super) async fn check_resolved(url: &Url) -> Result<(), HttpFailure> {
    let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
    let addresses = tokio::time::timeout(LOOKUP_TIMEOUT, tokio::net::lookup_host((name, 0))).await;
    let addresses: Vec<IpAddr> = match addresses {
        Ok(Ok(addresses)) => addresses.map(|address| address.ip()).collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    judge(name, &addresses).map_err(refused)
}

fn judge(name: &str, addresses: &[IpAddr]) -> Result<(), String> {
    if addresses.is_empty() {
        return Err(format!(
            "the vendor's response leads to {name}, which cannot be resolved here, so that it may be \
             a private host; allow private hosts if that is meant"
        ));
    }
    if addresses.iter().all(|ip| is_public(*ip)) {
        return Ok(());
    }
    Err(format!("the vendor's response leads to {name}, which is not a public host"))
}

fn refused(message: String) -> HttpFailure {
    HttpFailure { never_sent: true, permanent: true, ..HttpFailure::new(message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_a_proxy_every_address_of_a_name_is_public() {
        for (addresses, is_let_through) in [
            (&["8.8.8.8"][..], true),
            (&["8.8.8.8", "2606:4700:4700::1111"], true),
            (&["8.8.8.8", "10.0.0.1"], false),
            (&["127.0.0.1"], false),
            (&["::ffff:169.254.169.254"], false),
            (&[], false),
        ] {
            let addresses: Vec<IpAddr> = addresses.iter().map(|ip| ip.parse().unwrap()).collect();
            assert_eq!(judge("a.test", &addresses).is_ok(), is_let_through, "{addresses:?}");
        }
    }
}
