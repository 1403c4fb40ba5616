//! An answer as a visitor sees it, and just enough of HTML to use its forms.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, header};
use serde_json::Value;

/// One answer.
#[derive(Clone, Debug)]
pub struct View {
    /// What was asked for.
    pub path: String,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

/// A form, with the values that it would send.
#[derive(Clone, Debug)]
pub struct Form {
    /// Its id.
    pub id: String,
    /// Where it goes.
    pub action: String,
    /// What it sends.
    pub fields: BTreeMap<String, String>,
}

impl View {
    /// The answer to a request for `path`.
    pub fn of(path: &str, response: Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(body.to_vec()).expect("answers are UTF-8");
        Self { path: path.to_owned(), status: parts.status, headers: parts.headers, body }
    }

    /// A header.
    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Where it sends the browser.
    pub fn location(&self) -> Option<&str> {
        self.header(header::LOCATION)
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The form with this id.
    pub fn form(&self, id: &str) -> Option<Form> {
        self.forms().into_iter().find(|form| form.id == id)
    }

    /// All forms.
    pub fn forms(&self) -> Vec<Form> {
        self.body.split("<form").skip(1).map(form).collect()
    }
}

fn form(text: &str) -> Form {
    let text = text.split("</form>").next().unwrap_or_default();
    let mut fields = BTreeMap::new();
    for input in text.split("<input").skip(1) {
        let tag = input.split('>').next().unwrap_or_default();
        if let Some(name) = attribute(tag, "name") {
            fields.insert(name, attribute(tag, "value").unwrap_or_default());
        }
    }
    let head = text.split('>').next().unwrap_or_default();
    let of_head = |name| attribute(head, name).unwrap_or_default();
    Form { id: of_head("id"), action: of_head("action"), fields }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    Some(
        value
            .replace("&#x2f;", "/")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&"),
    )
}
