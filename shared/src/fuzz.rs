//! What the fuzzers of `fuzz` feed: one function for each parser of hostile input. Each panics where a promise is broken, and does nothing
//! else. Compiled for tests, which run them over their seeds, and with the feature `fuzz`.

#![expect(clippy::expect_used, reason = "a fuzzer panics where a promise is broken")]

use crate::oauth::fuzz as oauth;
use crate::{client, http, keys};

/// A parser's fuzzer.
pub type Fuzzer = fn(&[u8]);

/// Every fuzzer by its name, which is that of its target, and of the folder of its seeds.
pub const ALL: [(&str, Fuzzer); 11] = [
    ("authorization_request", |data| oauth::authorization_request(data)),
    ("authorization_details", |data| text(data, oauth::authorization_details)),
    ("certificate", |data| client::fuzz::certificate(data)),
    ("certificate_header", |data| text(data, http::fuzz::certificate_header)),
    ("claims", |data| text(data, oauth::claims)),
    ("client_assertion", |data| text(data, client::fuzz::assertion)),
    ("dpop_proof", |data| text(data, oauth::dpop_proof)),
    ("jwe", |data| text(data, keys::fuzz::jwe)),
    ("redirect_uri", |data| text(data, client::fuzz::redirect_uri)),
    ("request_object", |data| text(data, oauth::request_object)),
    ("scope", |data| text(data, oauth::scope)),
];

/// Runs the fuzzer `name` on `data`.
///
/// # Panics
/// When it breaks a promise, or there is none of this name.
pub fn run(name: &str, data: &[u8]) {
    let (_, fuzzer) = ALL.iter().find(|(known, _)| *known == name).expect("a fuzzer of this name");
    fuzzer(data);
}

fn text(data: &[u8], fuzzer: fn(&str)) {
    if let Ok(text) = std::str::from_utf8(data) {
        fuzzer(text);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn seeds_break_no_promise_and_every_fuzzer_has_some() {
        let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
        for (name, fuzzer) in ALL {
            let folder = fs::read_dir(seeds.join(name)).unwrap();
            let found: Vec<_> = folder.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
            assert!(!found.is_empty(), "{name}");
            for seed in found {
                fuzzer(&seed);
                // And what comes of cutting it anywhere.
                (0..seed.len()).for_each(|end| fuzzer(&seed[..end]));
            }
        }
    }
}
