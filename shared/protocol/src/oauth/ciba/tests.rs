//! What requests for customers elsewhere promise, as far as it needs no store.

use std::time::Duration;

use proptest::prelude::*;

use super::params as rules;
use crate::client::DeliveryMode;
use crate::http::Params;
use crate::oauth::OAuthError;
use crate::settings::OAuthSettings;

fn with(name: &str, value: &str) -> Params {
    Params::default().with(name, value)
}

#[test]
fn a_message_is_short_and_plain() {
    let message = |text: &str| rules::binding_message(&with("binding_message", text));
    assert_eq!(message("Rental 4711").unwrap().as_deref(), Some("Rental 4711"));
    assert!(message(&"ü".repeat(100)).is_ok());
    for wrong in ["x".repeat(101), "line\nbreak".to_owned(), "\u{7}".to_owned()] {
        assert!(matches!(message(&wrong), Err(OAuthError::BindingMessage)), "{wrong}");
    }
    assert_eq!(rules::binding_message(&Params::default()).unwrap(), None);
}

#[test]
fn an_expiry_is_as_asked_within_an_hour() {
    let settings = OAuthSettings::default();
    let lifetime = |text: &str| rules::lifetime(&with("requested_expiry", text), &settings);
    assert_eq!(rules::lifetime(&Params::default(), &settings).unwrap(), settings.ciba_lifetime);
    assert_eq!(lifetime("60").unwrap(), Duration::from_secs(60));
    assert_eq!(lifetime("999999").unwrap(), Duration::from_secs(3600));
    for wrong in ["0", "-1", "1.5", "soon", "99999999999999999999999"] {
        assert!(matches!(lifetime(wrong), Err(OAuthError::InvalidRequest(_))), "{wrong}");
    }
}

#[test]
fn who_is_notified_gives_a_bearer_token() {
    let token = |text: &str, mode| rules::notification_token(&with("client_notification_token", text), mode);
    assert_eq!(
        token("8d67dc78-7faa-4d41", DeliveryMode::Ping).unwrap().as_deref(),
        Some("8d67dc78-7faa-4d41")
    );
    assert!(token("YWJj==", DeliveryMode::Push).is_ok());
    assert_eq!(token("", DeliveryMode::Poll).unwrap(), None);
    for wrong in ["", "a b", "a\r\nx: y", "=", "a===", "ä", &"x".repeat(1025)] {
        assert!(matches!(token(wrong, DeliveryMode::Push), Err(OAuthError::InvalidRequest(_))), "{wrong}");
    }
}

proptest! {
    /// A token that was taken can stand in a header, whatever it was made of.
    #[test]
    fn a_notification_token_can_stand_in_a_header(text in any::<String>()) {
        let params = with("client_notification_token", &text);
        if let Ok(Some(token)) = rules::notification_token(&params, DeliveryMode::Push) {
            let header = format!("Bearer {token}");
            prop_assert!(http::HeaderValue::from_str(&header).is_ok());
        }
    }
}
