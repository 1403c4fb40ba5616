//! Request objects by reference (`request_uri`, OpenID Connect Core §6.2, RFC 9101 §5.2): fetched from addresses that the client has
//! registered and from no others, so that nobody has us ask for what they like.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{AuthorizeError, ErrorCode, Refusal};
use crate::app::App;
use crate::client::{self, Client, ClientError};
use crate::clock::Timestamp;
use crate::keys::jws;

/// How long a process keeps an object whose reference has its hash; any other may have changed.
const KEPT: Duration = Duration::from_secs(600);
/// So many are kept at once.
const PLACES: usize = 256;

fn refused(why: &str) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequestUri, format!("`request_uri`: {why}"))
}

/// The request object of `client` at `uri`, or why there is none.
pub(super) async fn load(
    app: &App,
    client: &Client,
    uri: &str,
) -> Result<Result<Arc<str>, Refusal>, AuthorizeError> {
    if !client.may_refer_to(uri) {
        return Ok(Err(refused("it is not one of the `request_uris` that the client has registered")));
    }
    let (places, now) = (app.slot::<Places>(), app.clock.now());
    if let Some(object) = places.find(uri, now) {
        return Ok(Ok(object));
    }
    let (address, fragment) = uri.split_once('#').unwrap_or((uri, ""));
    let fetched = match client::fetch_document(app, address, jws::LIMIT).await {
        Err(ClientError::Fetch(fault)) => return Ok(Err(refused(&fault))),
        outcome => outcome?,
    };
    let hash = hash_in(fragment);
    let is_other =
        |hash: &Vec<u8>| digest::digest(&digest::SHA256, &fetched.body).as_ref() != hash.as_slice();
    if hash.as_ref().is_some_and(is_other) {
        return Ok(Err(refused("the object there is not the one whose hash is its fragment")));
    }
    let Ok(text) = std::str::from_utf8(&fetched.body) else {
        return Ok(Err(refused("the document there is no JWT")));
    };
    let object: Arc<str> = text.trim().into();
    if hash.is_some() {
        places.keep(uri, Arc::clone(&object), now);
    }
    Ok(Ok(object))
}

/// The SHA-256 in a fragment. Any other fragment only tells versions apart.
fn hash_in(fragment: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(fragment).ok().filter(|hash| hash.len() == digest::SHA256_OUTPUT_LEN)
}

/// What was fetched, until when it is kept.
#[derive(Default)]
struct Places(Mutex<HashMap<String, (Arc<str>, Timestamp)>>);

impl Places {
    fn find(&self, uri: &str, now: Timestamp) -> Option<Arc<str>> {
        let places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.get(uri).filter(|(_, until)| now < *until).map(|(object, _)| Arc::clone(object))
    }

    fn keep(&self, uri: &str, object: Arc<str>, now: Timestamp) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= PLACES {
            places.retain(|_, (_, until)| now < *until);
        }
        if places.len() >= PLACES {
            places.clear();
        }
        places.insert(uri.to_owned(), (object, now.plus(KEPT)));
    }
}
