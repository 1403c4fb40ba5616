//! What signing out promises, as far as it needs no store.

use super::*;
use crate::client::Client;
use crate::clock::Timestamp;

fn client(uri: Option<&str>) -> Client {
    let mut client = Client::new("acme", Timestamp(0));
    client.frontchannel_logout_uri = uri.map(str::to_owned);
    client
}

#[test]
fn frames_are_of_clients_with_an_address_and_their_origins_alone_are_allowed() {
    let mut frames = Frames::default();
    assert!(frames.is_empty());
    for uri in [
        None,
        Some("https://acme.example/out"),
        Some("https://acme.example/other?tenant=1"),
        Some("http://localhost:8080/out"),
    ] {
        frames.add("https://id.example", &client(uri), "ses");
    }
    let more = "iss=https%3A%2F%2Fid.example&sid=ses";
    let links: Vec<&str> = frames.links.iter().map(crate::page::Link::as_str).collect();
    assert_eq!(
        links,
        [
            format!("https://acme.example/out?{more}"),
            format!("https://acme.example/other?tenant=1&{more}"),
            format!("http://localhost:8080/out?{more}"),
        ]
    );
    assert_eq!(frames.origins, ["https://acme.example", "http://localhost:8080"]);
}
