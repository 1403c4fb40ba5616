//! The texts of one language, by stable id (Fluent, <https://projectfluent.org>).

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::{Locale, PageError};

/// A value put into a text: a string or a number.
pub type Arg<'a> = FluentValue<'a>;

/// The catalogue's files of a language.
pub(super) const fn sources(locale: Locale) -> [&'static str; 5] {
    macro_rules! sources {
        ($folder:literal) => {
            [
                include_str!(concat!("../../../locales/", $folder, "/general.ftl")),
                include_str!(concat!("../../../locales/", $folder, "/signin.ftl")),
                include_str!(concat!("../../../locales/", $folder, "/account.ftl")),
                include_str!(concat!("../../../locales/", $folder, "/faults.ftl")),
                include_str!(concat!("../../../locales/", $folder, "/messages.ftl")),
            ]
        };
    }
    match locale {
        Locale::En => sources!("en"),
        Locale::De => sources!("de"),
    }
}

/// The parsed texts of one language.
pub(super) struct Catalogue {
    bundle: FluentBundle<FluentResource>,
}

impl Catalogue {
    /// Parses the language's files.
    pub(super) fn parse(locale: Locale) -> Result<Self, PageError> {
        let broken = |detail: String| PageError::Catalogue { locale, detail };
        let language: LanguageIdentifier = locale.tag().parse().map_err(|e| broken(format!("{e}")))?;
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // The marks that isolate a value's direction would end up in subjects, codes and attributes.
        bundle.set_use_isolating(false);
        bundle.add_function("MINUTES", |args, _| minutes(args)).map_err(|e| broken(e.to_string()))?;
        for source in sources(locale) {
            let resource = FluentResource::try_new(source.to_owned())
                .map_err(|(_, errors)| broken(format!("{errors:?}")))?;
            bundle.add_resource(resource).map_err(|errors| broken(format!("{errors:?}")))?;
        }
        Ok(Self { bundle })
    }

    /// Whether there is such a text: `id`, or `id.attribute`.
    pub(super) fn contains(&self, id: &str) -> bool {
        let (id, attribute) = split(id);
        self.bundle.get_message(id).is_some_and(|message| match attribute {
            Some(name) => message.get_attribute(name).is_some(),
            None => message.value().is_some(),
        })
    }

    /// The text with its values filled in; nothing if there is no such text, or a value is missing.
    pub(super) fn format(&self, id: &str, args: &[(&str, Arg<'_>)]) -> Option<String> {
        let (id, attribute) = split(id);
        let message = self.bundle.get_message(id)?;
        let pattern = match attribute {
            Some(name) => message.get_attribute(name)?.value(),
            None => message.value()?,
        };
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&args), &mut errors);
        errors.is_empty().then(|| text.into_owned())
    }
}

/// Fluent's attributes are named after a dot: `not-found.title`.
fn split(id: &str) -> (&str, Option<&str>) {
    id.split_once('.').map_or((id, None), |(id, attribute)| (id, Some(attribute)))
}

/// `MINUTES($seconds)` in a text: begun minutes, at least one.
fn minutes<'a>(args: &[FluentValue<'a>]) -> FluentValue<'a> {
    match args {
        [FluentValue::Number(seconds)] => FluentValue::from((seconds.value / 60.0).ceil().max(1.0)),
        _ => FluentValue::Error,
    }
}
