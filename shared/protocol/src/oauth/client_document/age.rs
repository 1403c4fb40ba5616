//! How long a document may be kept: as its owner says (RFC 9111 §5.2.2), within bounds of ours (draft §5.2).

use std::time::Duration;

use http::{HeaderMap, header};

/// Where the owner says nothing.
const USUAL: Duration = Duration::from_secs(60 * 60);
/// However short the owner wants it: customers come again and again within a sign-in.
const LEAST: Duration = Duration::from_secs(5 * 60);
/// However long the owner wants it.
const MOST: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn lifetime(headers: &HeaderMap) -> Duration {
    let said = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let mut lifetime = USUAL;
    for directive in
        said.flat_map(|text| text.split(',')).map(|directive| directive.trim().to_ascii_lowercase())
    {
        match directive.split_once('=') {
            Some(("max-age", seconds)) => {
                lifetime = seconds.trim_matches('"').parse().map_or(LEAST, Duration::from_secs);
            }
            None if matches!(directive.as_str(), "no-store" | "no-cache") => return LEAST,
            Some(_) | None => {}
        }
    }
    lifetime.clamp(LEAST, MOST)
}
