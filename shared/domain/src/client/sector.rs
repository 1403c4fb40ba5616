//! The sector of a client with pairwise names (OpenID Connect Core §8.1, Registration §5, CIBA Core §4): the host that its addresses
//! share, or that of the document which lists them.
//!
//! Anybody may register anybody's address. What makes a client one of the sector is that it gets nothing without that address: a code is
//! sent to the redirect URI, and who authenticates by the keys at `jwks_uri` has put them there. So a client with grants that need no
//! redirect counts by where its keys are.

use url::Url;

use super::{AuthMethod, Client, ClientError, GrantType, fetch_document};
use crate::app::App;

/// The longest document, in bytes.
const LONGEST: usize = 128 * 1024;

/// The host that names are made for; `None` where the client has none of its own. Then it is a sector by itself: an application's
/// own scheme is nobody else's, and loopback addresses are everybody's.
pub(super) fn choose(client: &Client) -> Result<Option<String>, ClientError> {
    let keys = own_keys(client);
    let keyless = needs_no_redirect(client) && keys.is_none();
    let mut hosts: Vec<_> = client.redirect_uris.iter().map(|uri| host(uri)).collect();
    if let Some(uri) = &client.sector_identifier_uri {
        // At an address that is everybody's, whoever registers it gets the codes.
        let anybodys = keys.is_none() && hosts.iter().any(Option::is_none);
        return match (keyless, anybodys) {
            (true, _) => Err(refused(KEYLESS)),
            (false, true) => Err(refused(ANYBODYS)),
            (false, false) => Ok(host(uri)),
        };
    }
    if keyless && hosts.iter().any(Option::is_some) {
        return Err(refused(KEYLESS));
    }
    hosts.extend(keys.filter(|_| needs_no_redirect(client)).map(host));
    hosts.sort_unstable();
    hosts.dedup();
    match hosts.as_slice() {
        [] => Ok(None),
        [only] => Ok(only.clone()),
        _ => Err(refused("pairwise names for more than one host need `sector_identifier_uri`")),
    }
}

/// Whether the client is told of customers by other ways than through its redirect URI.
fn needs_no_redirect(client: &Client) -> bool {
    let elsewhere = [GrantType::DeviceCode, GrantType::Ciba, GrantType::JwtBearer, GrantType::TokenExchange];
    client.challenge || elsewhere.into_iter().any(|grant| client.may_use(grant)) || is_told_elsewhere(client)
}

/// Whether it is told of the end of sessions, with their customer's name, at another host than it redirects to.
fn is_told_elsewhere(client: &Client) -> bool {
    let told = client.backchannel_logout_uri.as_deref().and_then(host);
    told.is_some() && !client.redirect_uris.iter().any(|uri| host(uri) == told)
}

/// Where the keys are that the client authenticates by, if it publishes them.
fn own_keys(client: &Client) -> Option<&str> {
    let by_keys = [AuthMethod::PrivateKeyJwt, AuthMethod::SelfSignedTlsClientAuth];
    client.jwks_uri.as_deref().filter(|_| by_keys.contains(&client.auth_method))
}

fn host(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok().filter(|url| url.scheme() == "https")?;
    url.host_str().map(str::to_owned)
}

/// Reads the document at the client's `sector_identifier_uri`, if it has one: it must list all redirect URIs, and the address of the keys
/// of a client that is told of customers without them, or anybody could claim to belong to somebody else's sector.
///
/// # Errors
/// [`ClientError::InvalidMetadata`] where it does not, or a fault of ours.
pub async fn check_sector(app: &App, client: &Client) -> Result<(), ClientError> {
    let Some(uri) = &client.sector_identifier_uri else { return Ok(()) };
    let document = match fetch_document(app, uri, LONGEST).await {
        Err(ClientError::Fetch(fault)) => return Err(refused(&format!("`sector_identifier_uri`: {fault}"))),
        outcome => outcome?,
    };
    let listed: Vec<String> = serde_json::from_slice(&document.body)
        .map_err(|_| refused("the document at `sector_identifier_uri` is not a JSON array of texts"))?;
    let is_listed = |uri: &str| listed.iter().any(|one| one == uri);
    if !client.redirect_uris.iter().all(|uri| is_listed(uri)) {
        return Err(refused("the document at `sector_identifier_uri` does not list all redirect URIs"));
    }
    let is_anybodys = client.redirect_uris.iter().any(|uri| host(uri).is_none());
    if (needs_no_redirect(client) || is_anybodys) && !own_keys(client).is_some_and(is_listed) {
        return Err(refused("the document at `sector_identifier_uri` does not list the `jwks_uri`"));
    }
    Ok(())
}

const KEYLESS: &str = "pairwise names of a sector, with a grant that needs no redirect URI, are for clients that authenticate by the \
                       keys at their `jwks_uri`";

const ANYBODYS: &str = "with `sector_identifier_uri`, redirect URIs must be https, but of clients that authenticate by the keys at their \
                        `jwks_uri`";

fn refused(detail: &str) -> ClientError {
    ClientError::InvalidMetadata(detail.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    fn sector(redirect_uris: &[&str]) -> Result<Option<String>, ClientError> {
        let mut client = Client::new("acme", Timestamp(1_800_000_000));
        client.redirect_uris = redirect_uris.iter().map(|uri| (*uri).to_owned()).collect();
        choose(&client)
    }

    #[test]
    fn the_host_of_all_addresses_is_the_sector() {
        let one = sector(&["https://acme.example/cb", "https://ACME.example:8443/other"]);
        assert_eq!(one.unwrap().as_deref(), Some("acme.example"));
        assert!(sector(&["https://acme.example/cb", "https://shop.acme.example/cb"]).is_err());
        assert!(sector(&["https://acme.example/cb", "com.acme.app:/cb"]).is_err());
    }

    /// Anybody could have registered the address.
    #[test]
    fn an_address_that_nothing_is_sent_to_makes_no_sector() {
        let client = |grant, redirect_uris: &[&str]| {
            let mut client = Client::new("acme", Timestamp(1_800_000_000));
            client.grant_types.push(grant);
            client.redirect_uris = redirect_uris.iter().map(|uri| (*uri).to_owned()).collect();
            client
        };
        for grant in [GrantType::DeviceCode, GrantType::Ciba, GrantType::JwtBearer, GrantType::TokenExchange]
        {
            let mut device = client(grant, &["https://acme.example/cb"]);
            assert!(choose(&device).is_err(), "{grant:?}");
            device.sector_identifier_uri = Some("https://acme.example/sector.json".to_owned());
            assert!(choose(&device).is_err(), "{grant:?}");
            device.jwks_uri = Some("https://acme.example/jwks".to_owned());
            assert!(choose(&device).is_err(), "{grant:?}");
            device.auth_method = AuthMethod::PrivateKeyJwt;
            assert_eq!(choose(&device).unwrap().as_deref(), Some("acme.example"));
            device.sector_identifier_uri = None;
            assert_eq!(choose(&device).unwrap().as_deref(), Some("acme.example"));
            device.jwks_uri = Some("https://evil.example/jwks".to_owned());
            assert!(choose(&device).is_err(), "{grant:?}");
            assert_eq!(choose(&client(grant, &[])).unwrap(), None);
            assert_eq!(choose(&client(grant, &["com.acme.app:/cb"])).unwrap(), None);
        }
        let mut application = client(GrantType::AuthorizationCode, &["https://acme.example/cb"]);
        application.challenge = true;
        assert!(choose(&application).is_err());
        application.challenge = false;
        application.backchannel_logout_uri = Some("https://acme.example:8443/out".to_owned());
        assert_eq!(choose(&application).unwrap().as_deref(), Some("acme.example"));
        application.backchannel_logout_uri = Some("https://evil.example/out".to_owned());
        assert!(choose(&application).is_err());
        let mut published = client(GrantType::Ciba, &[]);
        published.jwks_uri = Some("https://acme.example/jwks".to_owned());
        assert_eq!(choose(&published).unwrap(), None);
    }

    /// Whoever listens there gets the codes: a document that lists such an address says nothing of who they are.
    #[test]
    fn an_address_that_is_anybodys_makes_no_sector_without_keys() {
        for anybodys in ["http://127.0.0.1/cb", "http://localhost:3000/cb", "com.acme.app:/cb"] {
            let mut client = Client::new("acme", Timestamp(1_800_000_000));
            client.redirect_uris = vec!["https://acme.example/cb".to_owned(), anybodys.to_owned()];
            client.sector_identifier_uri = Some("https://acme.example/sector.json".to_owned());
            assert!(choose(&client).is_err(), "{anybodys}");
            client.jwks_uri = Some("https://acme.example/jwks".to_owned());
            assert!(choose(&client).is_err(), "{anybodys}: it does not authenticate by them");
            client.auth_method = AuthMethod::PrivateKeyJwt;
            assert_eq!(choose(&client).unwrap().as_deref(), Some("acme.example"));
        }
    }

    #[test]
    fn who_shares_an_address_with_everybody_is_a_sector_by_itself() {
        for shared in ["http://127.0.0.1/cb", "http://localhost:3000/cb", "com.acme.app:/cb"] {
            assert_eq!(sector(&[shared]).unwrap(), None, "{shared}");
        }
        assert_eq!(sector(&[]).unwrap(), None);
    }
}
