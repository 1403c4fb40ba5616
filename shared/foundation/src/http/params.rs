//! Parameters of a query string or a form: bounded, none repeated, an empty one counts as absent (RFC 6749 §3.1).

use serde::Serialize;

use super::Problem;

/// The most parameters that a request may have.
const COUNT_LIMIT: usize = 100;
/// Those that may be given several times (RFC 8707 §2, RFC 8693 §2.1).
const REPEATABLE: [&str; 2] = ["resource", "audience"];

/// Parsed parameters, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Parses `application/x-www-form-urlencoded` bytes.
    ///
    /// # Errors
    /// 400 when there are too many parameters, or one is repeated that may not be.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        Self::collect(
            url::form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into_owned())),
        )
    }

    /// Takes the texts of a flat JSON object.
    ///
    /// # Errors
    /// 400 when it is not a JSON object of texts.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Problem> {
        let object: std::collections::BTreeMap<String, String> =
            serde_json::from_slice(bytes).map_err(|_| {
                Problem::invalid_request("the body must be a JSON object whose members are texts")
            })?;
        Self::collect(object.into_iter())
    }

    fn collect(pairs: impl Iterator<Item = (String, String)>) -> Result<Self, Problem> {
        let mut params: Vec<(String, String)> = Vec::new();
        for (name, value) in pairs {
            if params.len() == COUNT_LIMIT {
                return Err(Problem::invalid_request(format!(
                    "there are more than {COUNT_LIMIT} parameters"
                )));
            }
            if !REPEATABLE.contains(&name.as_str()) && params.iter().any(|(known, _)| *known == name) {
                let shown: String = name.chars().filter(|char| char.is_ascii_graphic()).take(64).collect();
                return Err(Problem::invalid_request(format!("the parameter `{shown}` is repeated")));
            }
            params.push((name, value));
        }
        Ok(Self(params))
    }

    /// The value of `name`, if given and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// All values of `name` that are not empty.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// The value of `name`.
    ///
    /// # Errors
    /// 400 when it is absent or empty.
    pub fn require(&self, name: &'static str) -> Result<&str, Problem> {
        self.get(name).ok_or_else(|| Problem::invalid_request(format!("the parameter `{name}` is missing")))
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// The parameters in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// As `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn encode(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(self.iter()).finish()
    }
}
