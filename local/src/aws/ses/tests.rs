//! SES and SNS by the SDK: what is sent lands in the inbox.
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, RawMessage};
use aws_sdk_sns::types::MessageAttributeValue;

use super::mime;
use crate::aws::Channel;
use crate::aws::tests::bench::{both_ways, client, stack};

fn content(data: &str) -> Content {
    Content::builder().data(data).charset("UTF-8").build().unwrap()
}

#[tokio::test]
async fn a_simple_mail_lands_in_the_inbox() {
    let stack = stack();
    stack.set_clock(std::sync::Arc::new(|| 1_700_000_000));
    for way in both_ways(&stack).await {
        stack.inbox().clear();
        let client = client!(aws_sdk_sesv2, stack, way);
        let body = Body::builder().text(content("Hallo Ada")).html(content("<p>Hallo Ada</p>")).build();
        let message = Message::builder().subject(content("Grüße")).body(body).build();
        let sent = client
            .send_email()
            .from_email_address("Latchkey <no-reply@example.com>")
            .destination(Destination::builder().to_addresses("ada@example.com").build())
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await
            .unwrap();
        let mail = stack.inbox().to("Ada@Example.com").remove(0);
        assert_eq!(Some(mail.id.as_str()), sent.message_id());
        assert_eq!(mail.channel, Channel::Email);
        assert_eq!(mail.from, "Latchkey <no-reply@example.com>");
        assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("Grüße", "Hallo Ada"));
        assert_eq!(mail.html.as_deref(), Some("<p>Hallo Ada</p>"));
        assert_eq!(mail.at, 1_700_000_000);
        assert_eq!(stack.inbox().find(&mail.id), Some(mail));
    }
}

#[tokio::test]
async fn a_raw_mail_is_read() {
    let stack = stack();
    let client = client!(aws_sdk_sesv2, stack, crate::aws::tests::bench::Way::InProcess);
    let raw = "From: no-reply@example.com\r\nTo: ada@example.com\r\nSubject: Hello\r\n\r\nHello Ada\r\n";
    let raw = RawMessage::builder().data(Blob::new(raw)).build().unwrap();
    client.send_email().content(EmailContent::builder().raw(raw).build()).send().await.unwrap();
    let mail = stack.inbox().to("ada@example.com").remove(0);
    assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("Hello", "Hello Ada"));
}

#[tokio::test]
async fn a_mail_to_nobody_is_refused() {
    let stack = stack();
    for way in both_ways(&stack).await {
        let client = client!(aws_sdk_sesv2, stack, way);
        let message = Message::builder().subject(content("Hello")).body(Body::builder().build()).build();
        let error = client
            .send_email()
            .from_email_address("no-reply@example.com")
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await
            .unwrap_err()
            .into_service_error();
        assert!(error.is_bad_request_exception(), "{error:?}");
        assert!(stack.inbox().all().is_empty());
    }
}

#[tokio::test]
async fn a_text_message_lands_in_the_inbox() {
    let stack = stack();
    for way in both_ways(&stack).await {
        stack.inbox().clear();
        let client = client!(aws_sdk_sns, stack, way);
        let sender =
            MessageAttributeValue::builder().data_type("String").string_value("Latchkey").build().unwrap();
        let text = "Your code is 123 456 & <no more>";
        let sent = client
            .publish()
            .phone_number("+41791234567")
            .message(text)
            .message_attributes("AWS.SNS.SMS.SenderID", sender)
            .send()
            .await
            .unwrap();
        let message = stack.inbox().to("+41791234567").remove(0);
        assert_eq!(Some(message.id.as_str()), sent.message_id());
        assert_eq!(message.channel, Channel::Sms);
        assert_eq!((message.from.as_str(), message.text.as_str()), ("Latchkey", text));
    }
}

#[tokio::test]
async fn a_number_that_is_none_is_refused() {
    let stack = stack();
    for way in both_ways(&stack).await {
        let client = client!(aws_sdk_sns, stack, way);
        let publish = client.publish().phone_number("0791234567").message("hello").send().await;
        let error = publish.unwrap_err().into_service_error();
        assert!(error.is_invalid_parameter_exception(), "{error:?}");
    }
}

#[tokio::test]
async fn the_newest_message_comes_first_and_arrives_with_a_signal() {
    let stack = stack();
    let client = client!(aws_sdk_sns, stack, crate::aws::tests::bench::Way::InProcess);
    let arrived = stack.inbox().arrived();
    for text in ["first", "second"] {
        client.publish().phone_number("+41791234567").message(text).send().await.unwrap();
    }
    assert!(arrived.has_changed().unwrap());
    let texts: Vec<_> = stack.inbox().all().into_iter().map(|message| message.text).collect();
    assert_eq!(texts, ["second", "first"]);
}

#[test]
fn parts_encodings_and_encoded_words_are_read() {
    let message = "From: =?UTF-8?Q?Latchkey_=C3=BCber?= <a@example.com>\n\
        To: ada@example.com,\n bob@example.com\n\
        Subject: =?utf-8?B?R3LDvA==?=\n =?utf-8?Q?=C3=9Fe?=\n\
        Content-Type: multipart/alternative; boundary=\"b\"\n\n\
        --b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n\
        Gr=C3=BC=C3=9Fe an =\nalle\n\
        --b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\nPHA+SGk8L3A+\n--b--\n";
    let mail = mime::read(message);
    assert_eq!(mail.from, "Latchkey über <a@example.com>");
    assert_eq!(mail.to, ["ada@example.com", "bob@example.com"]);
    assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("Grüße", "Grüße an alle"));
    assert_eq!(mail.html.as_deref(), Some("<p>Hi</p>"));
}

#[test]
fn nested_parts_end_somewhere() {
    let nested = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(100_000);
    assert_eq!(mime::read(&nested).text, "");
    assert_eq!(mime::read("").to, Vec::<String>::new());
    assert_eq!(mime::read("Subject: =?utf-8?Q?=ZZ=\n\n").subject, "=?utf-8?Q?=ZZ=");
}
