//! What the settings promise.

use super::*;

#[test]
fn what_is_absent_has_its_default() {
    let settings: Settings = serde_json::from_str(r#"{"tokens":{"access":60},"unknown":1}"#).unwrap();
    assert_eq!(settings.tokens.access, Duration::from_secs(60));
    assert_eq!(settings.tokens.code, TokenSettings::default().code);
    assert_eq!(settings.registration.mode, RegistrationMode::Closed);
    assert!(!settings.localhost_redirects);
}

#[test]
fn settings_survive_a_round_trip() {
    let settings = Settings { localhost_redirects: true, ..Settings::default() };
    let text = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings);
}

#[test]
fn a_retired_key_outlives_every_token() {
    let mut settings = Settings::default();
    settings.tokens.longest = Duration::from_secs(90 * 24 * 3600);
    assert_eq!(settings.keep_retired_keys(), settings.tokens.longest);
    assert_eq!(Settings::default().keep_retired_keys(), Settings::default().sessions.absolute);
}
