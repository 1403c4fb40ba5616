//! One value for each header name, as API Gateway's payload format 2.0 has it in both directions: what came on several lines is one list
//! (RFC 9110 §5.3). Cookies are apart: API Gateway has a list of its own for them.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Joins the lines of each name by a comma; those of `Cookie` and `Set-Cookie` stay as they are.
#[must_use]
pub fn join_lines(headers: &HeaderMap) -> HeaderMap {
    let mut joined = HeaderMap::with_capacity(headers.len());
    for name in headers.keys() {
        let lines: Vec<_> = headers.get_all(name).iter().collect();
        if let Some(list) = list(name, &lines) {
            joined.insert(name, list);
            continue;
        }
        for line in lines {
            joined.append(name, line.clone());
        }
    }
    joined
}

/// The lines as one, unless they are one already or no list.
fn list(name: &HeaderName, lines: &[&HeaderValue]) -> Option<HeaderValue> {
    if lines.len() < 2 || [header::COOKIE, header::SET_COOKIE].contains(name) {
        return None;
    }
    let lines: Vec<_> = lines.iter().map(|line| line.as_bytes()).collect();
    HeaderValue::from_bytes(&lines.join(&b", "[..])).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_stays_and_cookies_stay_apart() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            (header::WWW_AUTHENTICATE, r#"Bearer realm="a", error="invalid_token""#),
            (header::SET_COOKIE, "a=1"),
            (header::WWW_AUTHENTICATE, r#"DPoP algs="ES256""#),
            (header::SET_COOKIE, "b=2"),
            (header::VARY, "origin"),
        ] {
            headers.append(name, HeaderValue::from_static(value));
        }
        let joined = join_lines(&headers);
        let lines = |name| joined.get_all(name).iter().map(|line| line.to_str().unwrap()).collect::<Vec<_>>();
        assert_eq!(
            lines(header::WWW_AUTHENTICATE),
            [r#"Bearer realm="a", error="invalid_token", DPoP algs="ES256""#]
        );
        assert_eq!(lines(header::SET_COOKIE), ["a=1", "b=2"]);
        assert_eq!(lines(header::VARY), ["origin"]);
    }
}
