//! Reads as much of a mail message as an inbox shows (RFC 5322, RFC 2045, RFC 2047).
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Nested parts deeper than this are not looked into.
const DEPTH: usize = 8;

/// What an inbox shows of a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mail {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: Option<String>,
}

/// Reads a message; what cannot be understood is left empty.
pub(super) fn read(message: &str) -> Mail {
    let message = message.replace("\r\n", "\n");
    let (header, _) = split(&message);
    let header = Header::read(header);
    let recipients = header.value("to").unwrap_or_default();
    let mut mail = Mail {
        from: words(header.value("from").unwrap_or_default()),
        to: recipients.split(',').map(|to| words(to.trim())).filter(|to| !to.is_empty()).collect(),
        subject: words(header.value("subject").unwrap_or_default()),
        ..Mail::default()
    };
    read_part(&message, &mut mail, 0);
    mail
}

/// The first plain and the first HTML part are the mail's.
fn read_part(part: &str, mail: &mut Mail, depth: usize) {
    let (header, body) = split(part);
    let header = Header::read(header);
    let kind = header.value("content-type").unwrap_or("text/plain");
    let lower = kind.to_ascii_lowercase();
    if lower.starts_with("multipart/") {
        if let Some(boundary) = parameter(kind, "boundary").filter(|_| depth < DEPTH) {
            let delimiter = format!("\n--{boundary}");
            let body = format!("\n{body}");
            for part in body.split(&delimiter).skip(1).take_while(|part| !part.starts_with("--")) {
                read_part(part.trim_start_matches('\n'), mail, depth + 1);
            }
        }
        return;
    }
    let content = || decode(body, header.value("content-transfer-encoding").unwrap_or_default());
    if lower.starts_with("text/html") {
        mail.html.get_or_insert_with(content);
    } else if lower.starts_with("text/plain") && mail.text.is_empty() {
        mail.text = content();
    }
}

fn split(part: &str) -> (&str, &str) {
    part.split_once("\n\n").unwrap_or((part, ""))
}

/// The fields of a header, unfolded.
struct Header<'a>(Vec<(&'a str, String)>);

impl<'a> Header<'a> {
    fn read(text: &'a str) -> Self {
        let mut fields: Vec<(&str, String)> = Vec::new();
        for line in text.lines() {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim(), value.trim().to_owned()));
            }
        }
        Self(fields)
    }

    fn value(&self, name: &str) -> Option<&str> {
        let field = self.0.iter().find(|(field, _)| field.eq_ignore_ascii_case(name))?;
        Some(&field.1)
    }
}

fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn decode(body: &str, encoding: &str) -> String {
    let bytes = match encoding.to_ascii_lowercase().as_str() {
        "base64" => {
            let packed: String = body.split_ascii_whitespace().collect();
            STANDARD.decode(packed).unwrap_or_default()
        }
        "quoted-printable" => unquote(&body.replace("=\n", "")),
        _ => return body.trim_end_matches('\n').to_owned(),
    };
    String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned()
}

/// `=41` is `A`; what is no pair of hexadecimal digits stays.
fn unquote(text: &str) -> Vec<u8> {
    let mut rest = text.as_bytes();
    let mut out = Vec::with_capacity(rest.len());
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| byte == b'=');
        match code.and_then(|code| data_encoding::HEXUPPER_PERMISSIVE.decode(code).ok()) {
            Some(decoded) => {
                out.extend(decoded);
                rest = &after[2..];
            }
            None => {
                out.push(byte);
                rest = after;
            }
        }
    }
    out
}

/// Decodes the encoded words of a header field, such as `=?UTF-8?B?…?=`.
fn words(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("=?") {
        let mut pieces = after.splitn(4, '?');
        let word = (pieces.next(), pieces.next(), pieces.next(), pieces.next());
        let (Some(_charset), Some(encoding), Some(text), Some(tail)) = word else { break };
        let Some(tail) = tail.strip_prefix('=') else { break };
        // White space between two encoded words only folds the line.
        if out.is_empty() || !before.trim().is_empty() {
            out.push_str(before);
        }
        out.push_str(&match encoding {
            "Q" | "q" => String::from_utf8_lossy(&unquote(&text.replace('_', " "))).into_owned(),
            _ => decode(text, "base64"),
        });
        rest = tail;
    }
    out + rest
}
