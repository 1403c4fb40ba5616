//! Redirect URIs: which a client may register (RFC 8252 §7, OpenID Connect Registration §2), and whether a request names a registered
//! one. Requests match exactly, but for the port on a loopback address (RFC 9700 §2.1, RFC 8252 §7.3).

use url::Url;

use super::{ApplicationType, Client};

/// The longest URI that is kept, in bytes.
const LONGEST: usize = 2048;
/// Schemes that a browser gives a meaning of its own.
const FORBIDDEN_SCHEMES: [&str; 9] =
    ["about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source", "ws"];

/// What the deployment allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedirectRules {
    /// Where the client runs.
    pub application_type: ApplicationType,
    /// Whether plain http on `localhost` is allowed for every client (`Settings::localhost_redirects`).
    pub localhost: bool,
    /// Whether tokens themselves are sent there.
    pub implicit: bool,
}

/// Why a URI cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriFault {
    /// It is not one, or contains what does not belong into one.
    #[error("it is not an absolute URI of at most 2048 ASCII characters")]
    Malformed,
    /// It has a fragment (RFC 6749 §3.1.2).
    #[error("it must not have a fragment")]
    Fragment,
    /// It has a user name or a password in it.
    #[error("it must not have a user name or password")]
    UserInfo,
    /// Plain http to another machine.
    #[error("it must be https; plain http is for loopback addresses")]
    Insecure,
    /// A scheme that such a client may not use.
    #[error("its scheme must be https, or for a native application a reverse domain name of its own")]
    Scheme,
    /// A scheme that browsers do not open as a page.
    #[error("its scheme must be https or http")]
    Page,
    /// Another host, port or scheme.
    #[error("its scheme, host and port must be those of a redirect URI")]
    Foreign,
}

impl RedirectRules {
    /// Whether a client may register `uri`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(self, uri: &str) -> Result<(), UriFault> {
        let url = parse(uri)?;
        match url.scheme() {
            "https" => check_host(&url),
            "http" => {
                check_host(&url)?;
                let (host, _) = split_loopback(uri).ok_or(UriFault::Insecure)?;
                // A web application that is sent tokens uses https (OpenID Connect Registration §2, `application_type`).
                let named = host == "localhost" || self.implicit;
                let allowed = !named || self.localhost || self.application_type == ApplicationType::Native;
                if allowed { Ok(()) } else { Err(UriFault::Insecure) }
            }
            _ => self.check_private_use(&url),
        }
    }

    /// RFC 8252 §7.1: a native application's own scheme is a domain name in reverse, so it contains a period.
    fn check_private_use(self, url: &Url) -> Result<(), UriFault> {
        let scheme = url.scheme();
        let native = self.application_type == ApplicationType::Native;
        let own = scheme.contains('.') && !FORBIDDEN_SCHEMES.contains(&scheme);
        if native && own { check_user(url) } else { Err(UriFault::Scheme) }
    }
}

/// An address that browsers load in a frame: of the same scheme, host and port as a redirect URI of the client (Front-Channel
/// Logout 1.0 §2).
pub(super) fn check_frame(uri: &str, client: &Client) -> Result<(), UriFault> {
    let url = parse(uri)?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(UriFault::Page);
    }
    check_host(&url)?;
    let own = |registered: &String| Url::parse(registered).is_ok_and(|own| own.origin() == url.origin());
    if client.redirect_uris.iter().any(own) { Ok(()) } else { Err(UriFault::Foreign) }
}

/// An address for people: https, or http where it is shown and not redirected to.
pub(super) fn check_web_page(uri: &str) -> Result<(), UriFault> {
    let url = parse(uri)?;
    if matches!(url.scheme(), "https" | "http") { check_host(&url) } else { Err(UriFault::Page) }
}

fn parse(uri: &str) -> Result<Url, UriFault> {
    let plain = uri.len() <= LONGEST
        && uri
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'<' | b'>' | b'"' | b'*'));
    if !plain {
        return Err(UriFault::Malformed);
    }
    let url = Url::parse(uri).map_err(|_| UriFault::Malformed)?;
    if uri.contains('#') {
        return Err(UriFault::Fragment);
    }
    Ok(url)
}

fn check_host(url: &Url) -> Result<(), UriFault> {
    // A host goes into policies of pages (`frame-src`), where other characters mean something.
    let plain =
        |host: &str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_[]:".contains(&byte));
    if !url.host_str().is_some_and(|host| !host.is_empty() && plain(host)) {
        return Err(UriFault::Malformed);
    }
    check_user(url)
}

fn check_user(url: &Url) -> Result<(), UriFault> {
    if url.username().is_empty() && url.password().is_none() { Ok(()) } else { Err(UriFault::UserInfo) }
}

/// A plain http URI of this machine as its host and what follows the port. It is taken apart as text: whatever is not exactly
/// of this form (a user name, another host that begins alike) is not of this machine.
fn split_loopback(uri: &str) -> Option<(&'static str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let (host, rest) = ["127.0.0.1", "[::1]", "localhost"]
        .into_iter()
        .find_map(|host| rest.strip_prefix(host).map(|rest| (host, rest)))?;
    let rest = match rest.strip_prefix(':') {
        Some(port) => {
            let digits = port.bytes().take_while(u8::is_ascii_digit).count();
            port[..digits].parse::<u16>().ok()?;
            &port[digits..]
        }
        None => rest,
    };
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((host, rest))
}

impl Client {
    /// Whether `uri` is one of the client's redirect URIs.
    #[must_use]
    pub fn may_redirect_to(&self, uri: &str) -> bool {
        self.redirect_uris
            .iter()
            .any(|registered| registered == uri || self.is_same_loopback(registered, uri))
    }

    /// Whether customers may be sent to `uri` after signing out (RP-Initiated Logout 1.0 §3.1).
    #[must_use]
    pub fn may_return_to(&self, uri: &str) -> bool {
        self.post_logout_redirect_uris
            .iter()
            .any(|registered| registered == uri || self.is_same_loopback(registered, uri))
    }

    /// A native application listens on a port of the moment (RFC 8252 §7.3). The name `localhost` counts for those alone that say
    /// they are one (RFC 8252 §8.3 advises against it).
    fn is_same_loopback(&self, registered: &str, uri: &str) -> bool {
        let (Some(left), Some(right)) = (split_loopback(registered), split_loopback(uri)) else {
            return false;
        };
        left == right && (left.0 != "localhost" || self.application_type == ApplicationType::Native)
    }

    /// Whether scripts of `origin` may read answers to the client: it is an origin of a redirect URI, or registered by itself.
    #[must_use]
    pub fn has_origin(&self, origin: &str) -> bool {
        let own = |uri: &String| {
            Url::parse(uri).is_ok_and(|url| {
                matches!(url.scheme(), "https" | "http") && url.origin().ascii_serialization() == origin
            })
        };
        origin != "null"
            && (self.origins.iter().any(|own| own == origin) || self.redirect_uris.iter().any(own))
    }
}
