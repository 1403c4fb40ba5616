//! Pages and messages rendered, and hostile input.

use std::collections::BTreeSet;

use super::*;
use crate::page;

#[path = "../../../examples/pages/samples.rs"]
mod samples;

mod contrast;
mod texts;

const HOSTILE: &str = "\"><script>alert('&')</script>";

fn pages(name: &str) -> Pages {
    let support_url = Some("/help".to_owned());
    let css_url = Some("/brand.css".to_owned());
    Pages::new(Brand { name: name.to_owned(), support_url, logo_url: None, css_url })
}

fn identify(frame: Frame, identifier: &str) -> Page {
    Page::Identify(Identify { frame, identifier: identifier.to_owned() })
}

#[test]
fn pages_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&pages("Latchkey"));
}

#[test]
fn every_page_renders_in_every_language() {
    let pages = pages("Latchkey");
    for locale in Locale::ALL {
        for (name, page) in samples::pages() {
            let html = pages.render(locale, &page).unwrap();
            assert!(html.contains(&format!("<html lang=\"{locale}\" dir=\"ltr\">")), "{name}");
            assert!(html.contains("<h1>") && html.contains("id=\"main\""), "{name}");
            assert!(html.trim_end().ends_with("</html>"), "{name}");
            assert!(
                !html.contains(">none<") && !html.contains("value=\"none\""),
                "{name} prints an absent value"
            );
        }
    }
}

#[test]
fn every_page_is_free_of_inline_code_and_of_repeated_ids() {
    let pages = pages("Latchkey");
    for (name, page) in samples::pages() {
        let html = pages.render(Locale::En, &page).unwrap();
        assert!(!html.contains("style="), "{name}");
        assert!(!html.contains("<style") && !html.contains("<script>"), "{name}");
        let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{name}: {ids:?}");
        for reference in ["href=\"#", "aria-describedby=\"", "aria-labelledby=\"", "<label for=\""] {
            let targets = html.split(reference).skip(1).filter_map(|rest| rest.split('"').next());
            for id in targets.flat_map(str::split_ascii_whitespace) {
                assert!(ids.contains(&id), "{name}: nothing is called `{id}`");
            }
        }
    }
}

#[test]
fn every_form_carries_the_token_and_the_transaction() {
    let pages = pages("Latchkey");
    for (name, page) in samples::pages().into_iter().filter(|(name, _)| *name != "form-post") {
        let html = pages.render(Locale::En, &page).unwrap();
        let transaction = page.frame().is_some_and(|frame| frame.tx.is_some());
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            assert!(form.contains("method=\"post\""), "{name}");
            assert!(form.contains("name=\"csrf\" value=\"c5rf\""), "{name}");
            assert_eq!(form.contains("name=\"tx\" value=\"lk_tx_eu_9fQ2\""), transaction, "{name}");
        }
    }
}

#[test]
fn an_error_is_shown_at_its_field_and_in_the_summary() {
    let errors = vec![FieldError::on("identifier", Fault::IdentifierRequired)];
    let page = identify(Frame { errors, ..Frame::default() }, "");
    let html = pages("Latchkey").render(Locale::En, &page).unwrap();
    assert!(html.contains("<title>Error: Sign in"));
    assert!(html.contains("role=\"alert\""));
    assert!(
        html.contains("<a href=\"#identifier\">Enter your e-mail address, phone number or user name.</a>")
    );
    assert!(html.contains("aria-invalid=\"true\" aria-describedby=\"identifier-error\""));
}

#[test]
fn hostile_values_are_escaped_everywhere() {
    let hostile = || HOSTILE.to_owned();
    let errors = vec![FieldError::on("identifier", Fault::Given { text: hostile() })];
    let frame =
        || Frame { csrf: hostile(), tx: Some(hostile()), client: Some(hostile()), ..Frame::default() };
    let scope = Scope { name: hostile(), title: None, description: Some(hostile()) };
    let client = || ClientLink { name: hostile(), uri: None };
    let field = || Field { name: hostile(), value: hostile() };
    let row = || AccountRow { session: hostile(), name: hostile(), identifier: hostile() };
    let hostile_pages = vec![
        identify(Frame { errors, ..frame() }, HOSTILE),
        Page::Password(Password { frame: frame(), username: hostile() }),
        Page::Accounts(Accounts { frame: frame(), accounts: vec![row()] }),
        Page::Verify(Verify {
            frame: frame(),
            channel: Channel::Email,
            to: hostile(),
            correctable: true,
            skippable: true,
            identifier: hostile(),
        }),
        Page::DeviceCode(DeviceCode { frame: frame(), user_code: hostile() }),
        Page::Decided(Decided { client: client(), place: Place::Device, answer: Answer::Granted }),
        Page::LogoutConfirm(LogoutConfirm { frame: frame(), fields: vec![field()] }),
        Page::RecoverSent(RecoverSent { tx: Some(hostile()), minutes: 1 }),
        Page::Consent(Consent {
            frame: frame(),
            client: client(),
            device: Some(Device {
                code: hostile(),
                address: hostile(),
                asked: Moment(time::OffsetDateTime::UNIX_EPOCH),
            }),
            host: Some(hostile()),
            request: Some(BackchannelRequest {
                message: Some(hostile()),
                asked: Moment(time::OffsetDateTime::UNIX_EPOCH),
            }),
            policy_uri: Link::parse(&format!("https://a.example/{HOSTILE}")),
            tos_uri: None,
            scopes: vec![scope],
            details: vec![Detail {
                title: hostile(),
                fields: vec![DetailField { label: hostile(), value: hostile() }],
            }],
            signed_in_as: hostile(),
            account: "usr_sample".to_owned(),
        }),
        Page::Error(ErrorPage {
            fault: Fault::Given { text: hostile() },
            detail: Some(hostile()),
            request_id: hostile(),
            client: Some(client()),
            again: None,
        }),
        Page::Error(ErrorPage {
            fault: Fault::FormExpired,
            detail: None,
            request_id: hostile(),
            client: None,
            again: Some(hostile()),
        }),
        Page::Finished(Finished { client: Some(client()), answer: Answer::Granted }),
        Page::FormPost(FormPost {
            action: Link::parse(&format!("https://a.example/{HOSTILE}")).unwrap(),
            fields: vec![field()],
            client: Some(hostile()),
        }),
    ];
    let pages = pages(HOSTILE);
    for page in &hostile_pages {
        let html = pages.render(Locale::De, page).unwrap();
        let escaped = html.matches("&quot;&gt;&lt;script&gt;alert(").count();
        assert!(escaped > 0, "{}", page.template());
        assert_eq!(escaped, html.matches("alert(").count(), "{}", page.template());
    }
    for message in samples::messages() {
        if let Rendered::Mail { html, .. } = pages.message(Locale::En, &message).unwrap() {
            assert!(!html.contains("<script>"), "{}", message.id());
        }
    }
}

#[test]
fn a_link_is_http_or_nothing() {
    assert!(Link::parse("https://a.example/cb?x=1").is_some());
    assert!(Link::parse("http://127.0.0.1:8080/cb").is_some());
    for address in
        ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "/relative", "//a.example"]
    {
        assert!(Link::parse(address).is_none(), "{address}");
    }
}

#[test]
fn a_wait_is_told_in_begun_minutes() {
    let told = |seconds| {
        let fault = Fault::TooManyAttempts { seconds };
        pages("Latchkey").text(Locale::En, fault.id(), &fault.args())
    };
    assert_eq!(told(0), "Too many attempts. Try again in one minute.");
    assert_eq!(told(60), "Too many attempts. Try again in one minute.");
    assert_eq!(told(61), "Too many attempts. Try again in 2 minutes.");
}

#[test]
fn a_fault_is_written_by_its_id() {
    let error = FieldError::on("password", Fault::PasswordTooShort { minimum: 12 });
    let json = serde_json::json!({"field": "password", "id": "password-too-short", "minimum": 12});
    assert_eq!(serde_json::to_value(&error).unwrap(), json);
    assert_eq!(serde_json::from_value::<FieldError>(json).unwrap(), error);
}

#[test]
fn the_language_is_the_clients_wish_then_the_browsers_then_english() {
    use Locale::{De, En};
    let cases = [
        (None, None, En),
        (Some("de-AT"), None, De),
        (Some("fr DE-latn-ch en"), None, De),
        (Some("fr"), Some("de"), De),
        (Some("en"), Some("de"), En),
        (None, Some("fr, de;q=0.8, en;q=0.9"), En),
        (None, Some("de-CH, en;q=0.9"), De),
        (None, Some("de;q=0, *"), En),
        (None, Some("de;q=0.001"), De),
        (None, Some("de;q=1.5, en;q=nonsense"), En),
        (None, Some("deutsch, den;q=1"), En),
        (Some(""), Some(",;q=,"), En),
    ];
    for (wish, header, locale) in cases {
        assert_eq!(Locale::negotiate(wish, header), locale, "{wish:?} {header:?}");
    }
}

#[test]
fn a_mail_has_a_subject_of_one_line_and_both_parts() {
    let pages = pages("Acme\r\nBcc: all@example.com");
    for locale in Locale::ALL {
        for message in samples::messages() {
            if let Rendered::Mail { subject, text, html } = pages.message(locale, &message).unwrap() {
                assert!(!subject.contains(['\r', '\n']) && !subject.starts_with("mail-"), "{subject}");
                assert!(html.contains("</html>"));
                assert!(!text.contains('<') && !text.contains("&#"), "{text}");
            }
        }
    }
}

#[test]
fn a_recovery_mail_carries_its_link_unharmed() {
    let link = "https://id.example.com/recover/reset?token=abc&lang=de";
    let message = Message::Recovery { link: link.to_owned(), minutes: 30 };
    let Rendered::Mail { text, html, .. } = pages("Latchkey").message(Locale::De, &message).unwrap() else {
        unreachable!("a recovery is a mail")
    };
    assert!(text.contains(link) && text.contains("30 Minuten"));
    assert!(html.replace("&#x2f;", "/").replace("&amp;", "&").contains(link));
}

#[test]
fn a_short_message_ends_with_the_code_bound_to_the_host() {
    let message = Message::VerifyPhone { code: "402913".into(), host: "id.example.com".into() };
    let Rendered::Sms { text } = pages("Latchkey").message(Locale::En, &message).unwrap() else {
        unreachable!("a phone is verified by short message")
    };
    assert_eq!(text, "402913 is your Latchkey code.\n\n@id.example.com #402913");
}

#[test]
fn an_asset_is_immutable_under_its_fingerprint_only() {
    let path = asset_path("latchkey.css").unwrap();
    let current = asset(path.strip_prefix("/assets/").unwrap()).unwrap();
    assert_eq!(current.caching, Caching::Immutable);
    assert_eq!(current.content_type, "text/css; charset=utf-8");
    assert!(path.contains(current.etag.trim_matches('"')));
    assert_eq!(asset("latchkey.css").unwrap().caching, Caching::Revalidate);
    assert_eq!(asset("latchkey.0123456789abcdef.css").unwrap().caching, Caching::Revalidate);
    for name in ["latchkey.js", "latchkey..css", "latchkeycss", "../latchkey.css", "latchkey.x.css", ""] {
        assert!(asset(name).is_none(), "{name}");
    }
    assert!(asset_path("nothing.css").is_none());
}
