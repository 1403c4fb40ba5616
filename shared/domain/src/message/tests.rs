//! What messages promise.

use super::deliver::range;
use super::*;

#[test]
fn a_range_holds_ten_thousand_numbers() {
    assert_eq!(range("+491711234567"), "+49171123");
    assert_eq!(range("+491711239999"), range("+491711230000"));
    assert_eq!(range("+1"), "+1");
}

#[test]
fn content_comes_out_as_it_went_in() {
    let content = Content {
        to: Destination::Phone("+16502530000".to_owned()),
        message: Message::VerifyPhone { code: "123456".to_owned(), host: "id.example.com".to_owned() },
        locale: Locale::De,
        expires_at: Timestamp(9),
    };
    let text = serde_json::to_string(&content).unwrap();
    let back: Content = serde_json::from_str(&text).unwrap();
    assert!(back.to == content.to && back.locale == Locale::De && back.expires_at == Timestamp(9));
    assert_eq!(back.message.id(), "verify-phone");
}
