//! `htu`: the address that a proof is for, compared as RFC 3986 §6.2.2 and §6.2.3 normalise it, without query and fragment (RFC 9449
//! §4.3, 9).

use url::Url;

/// Whether `htu` is `endpoint`, an address of ours.
pub(super) fn is_same(htu: &str, endpoint: &str) -> bool {
    htu == endpoint || normal(htu).is_some_and(|htu| normal(endpoint) == Some(htu))
}

/// The parser lowers the case of scheme and host, and removes default ports and dot segments; the rest is done here.
fn normal(uri: &str) -> Option<String> {
    let mut url = Url::parse(uri).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    let path = normal_path(url.path());
    url.set_path("");
    Some(format!("{}{path}", url.as_str().trim_end_matches('/')))
}

/// The escapes in upper case, and none of what needs no escape (RFC 3986 §2.3).
fn normal_path(path: &str) -> String {
    let mut normal = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        normal.push_str(before);
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = match byte {
            Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') => {
                normal.push(char::from(byte));
                &after[2..]
            }
            Some(byte) => {
                normal.push_str(&format!("%{byte:02X}"));
                &after[2..]
            }
            None => {
                normal.push('%');
                after
            }
        };
    }
    normal.push_str(rest);
    normal
}
