//! What a customer sees.
mod fault;
mod locale;
pub use fault::{Fault, FieldError, Notice};
pub use locale::{Direction, Locale};
pub enum Arg<'a> {
    Text(&'a str),
    Number(u64),
}
impl<'a> From<&'a String> for Arg<'a> {
    fn from(t: &'a String) -> Self {
        Self::Text(t)
    }
}
impl From<&u32> for Arg<'_> {
    fn from(n: &u32) -> Self {
        Self::Number(u64::from(*n))
    }
}
impl From<&u64> for Arg<'_> {
    fn from(n: &u64) -> Self {
        Self::Number(*n)
    }
}
#[derive(Clone, Debug)]
pub struct Brand {
    pub name: String,
    pub support_url: Option<String>,
    pub logo_url: Option<String>,
    pub css_url: Option<String>,
}
pub enum Page {
    Error(ErrorPage),
}
pub struct ErrorPage {
    pub fault: Fault,
    pub detail: Option<String>,
    pub request_id: String,
    pub client: Option<()>,
}
pub struct Pages {
    _brand: Brand,
}
impl Pages {
    pub fn new(brand: Brand) -> Self {
        Self { _brand: brand }
    }
    pub fn render(&self, _: Locale, _: &Page) -> Result<String, std::fmt::Error> {
        Ok(String::new())
    }
}
