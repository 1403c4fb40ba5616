//! Where customers may be sent: `redirect_uris` (RFC 7591 §2, RFC 8252 §7) and `post_logout_redirect_uris` (RP-Initiated Logout §3.1).

use url::Url;

use super::{MOST, Metadata, Policy, refused};
use crate::client::{Client, ClientError, GrantType, RedirectRules};

impl Policy {
    fn lets_redirect_to(&self, uri: &str) -> bool {
        let Ok(url) = Url::parse(uri) else { return false };
        let (scheme, host) = (url.scheme(), url.host_str().unwrap_or_default());
        let matches = |one: &String| match one.strip_suffix(':') {
            Some(own) => own == scheme,
            None => match one.strip_prefix('*') {
                Some(below) => below.starts_with('.') && host.ends_with(below),
                None => host == one,
            },
        };
        self.redirect_hosts.is_empty() || self.redirect_hosts.iter().any(matches)
    }
}

impl Metadata {
    pub(super) fn apply_uris(&self, policy: &Policy, client: &mut Client) -> Result<(), ClientError> {
        let rules = RedirectRules {
            application_type: client.application_type,
            localhost: policy.localhost,
            implicit: client.may_use(GrantType::Implicit),
        };
        let redirects = self.redirect_uris.clone().unwrap_or_default();
        let returns = self.post_logout_redirect_uris.clone().unwrap_or_default();
        if redirects.len() > MOST || returns.len() > MOST {
            return Err(refused(format!("more than {MOST} addresses")));
        }
        if redirects.is_empty() && !client.response_types.is_empty() {
            return Err(ClientError::InvalidRedirectUri("`redirect_uris` is missing".to_owned()));
        }
        let check = |uri: &String| match rules.check(uri) {
            Err(fault) => Err(fault.to_string()),
            Ok(()) if policy.lets_redirect_to(uri) => Ok(()),
            Ok(()) => Err("none may lead to this host here".to_owned()),
        };
        for (at, uri) in redirects.iter().enumerate() {
            check(uri).map_err(|fault| {
                ClientError::InvalidRedirectUri(format!("`redirect_uris[{at}]`: {fault}"))
            })?;
        }
        for (at, uri) in returns.iter().enumerate() {
            check(uri).map_err(|fault| refused(format!("`post_logout_redirect_uris[{at}]`: {fault}")))?;
        }
        client.redirect_uris = redirects;
        client.post_logout_redirect_uris = returns;
        Ok(())
    }
}
