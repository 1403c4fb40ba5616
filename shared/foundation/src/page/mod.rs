//! What a customer sees: pages, mails, short messages, their texts and their assets. Rendering is pure: typed
//! contexts go in, strings come out; nothing here reads the store, the clock or the network.

mod account;
mod asset;
mod catalogue;
mod context;
mod fault;
mod link;
mod locale;
mod message;
mod outcome;
mod plain;
mod signin;
mod template;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

pub use account::{
    AccountGrants, AccountPassword, AccountProfile, AccountSessions, GrantRow, IdentifierKind, IdentifierRow,
    ProfileValues, SessionRow,
};
pub use asset::{Asset, Caching, asset, asset_path};
pub use catalogue::Arg;
pub use context::{ClientLink, Field, Frame, Moment, Page, Scope};
pub use fault::{Fault, FieldError, Notice};
pub use link::Link;
pub use locale::{Direction, Locale};
pub use message::{Message, Rendered};
pub use outcome::{ErrorPage, Finished, FormPost, LoggedOut, LogoutConfirm};
pub use plain::is_plain;
pub use signin::{
    AccountRow, Accounts, Answer, Ask, BackchannelRequest, Channel, Consent, Decided, Detail, DetailField,
    Device, DeviceCode, Identify, Password, Place, Recover, RecoverSent, Reset, ResetDone, ResetInvalid,
    SignUp, SignUpValues, Verify,
};

use catalogue::Catalogue;
use template::Engine;

/// Whose pages these are. Addresses may be absolute, or paths on the same host.
#[derive(Clone, Debug, Serialize)]
pub struct Brand {
    /// The product's name, in titles, headings, mails and short messages.
    pub name: String,
    /// Where the footer's help link leads.
    pub support_url: Option<String>,
    /// An image in place of the name's initial at the top of each page.
    pub logo_url: Option<String>,
    /// A style sheet loaded after ours, to set the variables that `latchkey.css` lists.
    pub css_url: Option<String>,
}

/// Why a page or a message could not be rendered: a mistake in a template or a catalogue, never in the input.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PageError {
    /// A catalogue is not valid Fluent, or defines a text twice.
    #[error("the catalogue of `{locale}` is broken: {detail}")]
    Catalogue {
        /// The catalogue's language.
        locale: Locale,
        /// What the parser said.
        detail: String,
    },
    /// A template could not be found, compiled or rendered.
    #[error("a template failed")]
    Template(#[source] Arc<minijinja::Error>),
}

impl From<minijinja::Error> for PageError {
    fn from(error: minijinja::Error) -> Self {
        Self::Template(Arc::new(error))
    }
}

/// One language: its texts, and the template engine that speaks them.
struct Tongue {
    catalogue: Arc<Catalogue>,
    engine: Engine,
}

/// Renders every page and message. Built once at cold start; a language is parsed when it is first asked for.
pub struct Pages {
    brand: Brand,
    tongues: [OnceLock<Result<Tongue, PageError>>; Locale::ALL.len()],
}

impl Pages {
    /// Pages of this brand.
    #[must_use]
    pub fn new(brand: Brand) -> Self {
        Self { brand, tongues: [const { OnceLock::new() }; Locale::ALL.len()] }
    }

    /// Whose pages these are.
    #[must_use]
    pub fn brand(&self) -> &Brand {
        &self.brand
    }

    /// The page as an HTML document.
    ///
    /// # Errors
    /// When a template or a catalogue is at fault.
    pub fn render(&self, locale: Locale, page: &Page) -> Result<String, PageError> {
        let tongue = self.tongue(locale)?;
        let errors: Vec<Explained<'_>> = page.errors().iter().map(|error| tongue.explain(error)).collect();
        let mut error_of = BTreeMap::new();
        for error in &errors {
            if let Some(field) = error.field {
                error_of.entry(field).or_insert(error.text.as_str());
            }
        }
        let notice = page.notice().map(|notice| tongue.say(notice.id(), &notice.args()));
        let explanation = page.fault().map(|fault| tongue.say(fault.id(), &fault.args()));
        tongue.engine.render(
            page.template(),
            context! {
                page => Serde(page),
                errors => Serde(&errors),
                error_of => Serde(&error_of),
                notice,
                explanation,
            },
        )
    }

    /// The message as a mail (subject, plain text, HTML) or a short text.
    ///
    /// # Errors
    /// When a template or a catalogue is at fault.
    pub fn message(&self, locale: Locale, message: &Message) -> Result<Rendered, PageError> {
        let tongue = self.tongue(locale)?;
        let context = context! { message => Serde(message) };
        if let Message::VerifyPhone { .. } = message {
            return Ok(Rendered::Sms { text: tongue.engine.render("verify_phone.txt", context)? });
        }
        let name = message.name();
        let args = [("brand", Arg::from(self.brand.name.as_str()))];
        Ok(Rendered::Mail {
            subject: message::subject(&tongue.say(&format!("mail-{}-subject", message.id()), &args)),
            text: tongue.engine.render(&format!("{name}.txt"), context.clone())?,
            html: tongue.engine.render(&format!("{name}.html"), context)?,
        })
    }

    /// One text of the catalogue; the id itself when there is none.
    #[must_use]
    pub fn text(&self, locale: Locale, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.tongue(locale).map_or_else(|_| id.to_owned(), |tongue| tongue.say(id, args))
    }

    /// A scope in words: those of the API that has it, else the catalogue's, else its name alone.
    #[must_use]
    pub fn scope(&self, locale: Locale, name: &str, title: Option<&str>) -> Scope {
        let say = |id: String| self.tongue(locale).ok().and_then(|tongue| tongue.catalogue.format(&id, &[]));
        let (title, description) = match title {
            Some(title) => (Some(title.to_owned()), None),
            None => (say(format!("scope-{name}")), say(format!("scope-{name}.description"))),
        };
        Scope { name: name.to_owned(), title, description }
    }

    fn tongue(&self, locale: Locale) -> Result<&Tongue, PageError> {
        let build = || {
            let catalogue = Arc::new(Catalogue::parse(locale)?);
            let engine = Engine::new(locale, Arc::clone(&catalogue), &self.brand);
            Ok(Tongue { catalogue, engine })
        };
        self.tongues[locale as usize].get_or_init(build).as_ref().map_err(PageError::clone)
    }
}

/// An error in the customer's words, beside its field.
#[derive(Serialize)]
struct Explained<'a> {
    field: Option<&'a str>,
    text: String,
}

impl Tongue {
    fn say(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.catalogue.format(id, args).unwrap_or_else(|| id.to_owned())
    }

    fn explain<'a>(&self, error: &'a FieldError) -> Explained<'a> {
        let text = self.say(error.fault.id(), &error.fault.args());
        Explained { field: error.field.as_deref(), text }
    }
}

#[cfg(test)]
mod tests;
