//! The first form of one of our own pages, read without an HTML parser: our templates always quote attributes.

/// A form to be sent.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    /// The first form of `page`, with its first button pressed.
    pub(crate) fn first(page: &str) -> Option<Self> {
        let (_, rest) = page.split_once("<form")?;
        let (form, _) = rest.split_once("</form>")?;
        let (head, content) = form.split_once('>')?;
        let mut fields = Vec::new();
        let mut pressed = false;
        for tag in content.split('<').filter_map(|tag| tag.split('>').next()) {
            let button = tag.starts_with("button");
            let sent =
                tag.starts_with("input") && (!tag.contains("type=\"checkbox\"") || tag.contains(" checked"));
            if let Some(name) = attribute(tag, "name").filter(|_| sent || (button && !pressed)) {
                fields.push((name, attribute(tag, "value").unwrap_or_default()));
            }
            pressed |= button;
        }
        Some(Self { action: attribute(head, "action")?, fields })
    }

    /// With `value` in the field `name`, if it has one.
    pub(crate) fn fill(mut self, name: &str, value: &str) -> Self {
        for field in self.fields.iter_mut().filter(|(known, _)| known == name) {
            value.clone_into(&mut field.1);
        }
        self
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("&quot;", "\"").replace("&#x2f;", "/").replace("&#x27;", "'").replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_sent_as_a_browser_would() {
        let page = r#"<form id="x" method="post" action="&#x2f;there"><input type="hidden" name="tx" value="a&amp;b">
            <input name="identifier" type="text"><input type="checkbox" name="stay"><button name="decision" value="deny">No</button>
            <button name="decision" value="allow">Yes</button></form><form action="/other"></form>"#;
        let form = Form::first(page).unwrap().fill("identifier", "ada@example.com").fill("decision", "allow");
        assert_eq!(form.action, "/there");
        let sent: Vec<_> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(sent, [("tx", "a&b"), ("identifier", "ada@example.com"), ("decision", "allow")]);
    }
}
