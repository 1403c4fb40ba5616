//! The template engine of one language: our files, compiled when first used, with the texts at hand.

use std::sync::Arc;

use minijinja::value::{Kwargs, Serde};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};

use super::catalogue::{Arg, Catalogue};
use super::{Brand, Locale, PageError, asset_path};

/// Instructions that a render may take: far above our longest page, far below a second.
const FUEL: u64 = 2_000_000;

macro_rules! files {
    ($($folder:literal: $($name:literal),+;)+) => {
        /// Every template: its name, and its source.
        pub(super) const FILES: &[(&str, &str)] = &[
            $($(($name, include_str!(concat!("../../../", $folder, "/", $name)))),+),+
        ];
    };
}

files! {
    "pages":
        "layout.html", "fields.html", "identify.html", "password.html", "consent.html", "device_code.html",
        "decided.html", "accounts.html",
        "signup.html", "verify.html", "recover.html", "recover_sent.html", "reset.html",
        "reset_done.html", "reset_invalid.html", "logout_confirm.html", "logged_out.html",
        "error.html", "finished.html", "form_post.html", "account/layout.html", "account/profile.html",
        "account/password.html", "account/sessions.html", "account/grants.html";
    "mails":
        "mail.html", "verify_email.html", "verify_email.txt", "verify_phone.txt", "recovery.html",
        "recovery.txt", "approve_sign_in.html", "approve_sign_in.txt", "account_exists.html", "account_exists.txt", "password_changed.html",
        "password_changed.txt", "admin_invitation.html", "admin_invitation.txt";
}

/// The templates of one language and one brand.
pub(super) struct Engine(Environment<'static>);

impl Engine {
    /// An engine that speaks the catalogue's language. Templates ending in `.html` escape what they print.
    pub(super) fn new(locale: Locale, catalogue: Arc<Catalogue>, brand: &Brand) -> Self {
        let mut environment = Environment::new();
        environment.set_loader(|name| Ok(source(name).map(str::to_owned)));
        environment.set_fuel(Some(FUEL));
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.add_global("lang", locale.tag());
        environment.add_global("dir", locale.dir().as_str());
        environment.add_global("locales", Value::from_iter(Locale::ALL.map(Locale::tag)));
        environment.add_global("brand", Value::from(Serde(brand)));
        environment.add_filter("query", query);
        environment.add_function("asset", locate);
        let known = Arc::clone(&catalogue);
        environment.add_function("known", move |id: &str| known.contains(id));
        environment.add_function("t", move |id: &str, values: Kwargs| say(&catalogue, id, &values));
        Self(environment)
    }

    /// The template, filled in.
    pub(super) fn render(&self, name: &str, context: Value) -> Result<String, PageError> {
        Ok(self.0.get_template(name)?.render(context)?)
    }
}

fn source(name: &str) -> Option<&'static str> {
    FILES.iter().find(|(file, _)| *file == name).map(|(_, source)| *source)
}

/// `t("id", name=value)` in a template.
fn say(catalogue: &Catalogue, id: &str, values: &Kwargs) -> Result<String, Error> {
    let mut args = Vec::new();
    for name in values.args() {
        let value: Value = values.peek(name)?;
        let arg = i64::try_from(value.clone()).map_or_else(|_| Arg::from(value.to_string()), Arg::from);
        args.push((name, arg));
    }
    let missing =
        || Error::new(ErrorKind::UndefinedError, format!("text `{id}` or a value of it is missing"));
    catalogue.format(id, &args).ok_or_else(missing)
}

/// `value|query` in a template: a part of a query string.
fn query(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// `asset("latchkey.css")` in a template.
fn locate(name: &str) -> Result<Value, Error> {
    let path = asset_path(name).map(Value::from_safe_string);
    path.ok_or_else(|| Error::new(ErrorKind::UndefinedError, format!("there is no asset `{name}`")))
}
