//! What a new password must be (NIST SP 800-63B-4 §3.1.1): long enough, not a common one, not easy to guess. No rules of composition,
//! no expiry, any character.

use unicode_normalization::UnicodeNormalization;
use zxcvbn::Score;

use super::common;
use crate::app::App;
use crate::credential::CredentialError;
use crate::page::Fault;
use crate::secret::Secret;
use crate::settings::{self, PasswordSettings};

/// More bytes than the longest password of any setting has in UTF-8; what is longer is cut off before it costs work.
const BYTES_LIMIT: usize = 4096;
/// The guessing is modelled on so many characters; its work grows faster than their number.
const GUESSED_LIMIT: usize = 100;
/// The most texts of the customer's own that the guessing knows.
const INPUTS_LIMIT: usize = 16;

/// What is wrong with `password` as a new one, if anything is; `inputs` are what somebody who knows the customer would try first.
///
/// # Errors
/// When the settings cannot be had.
pub async fn find_fault(
    app: &App,
    password: &Secret<String>,
    inputs: &[&str],
) -> Result<Option<Fault>, CredentialError> {
    let settings = settings::load(app).await?;
    Ok(fault(&settings.passwords, app.config.brand_name.as_str(), password, inputs))
}

pub(super) fn fault(
    settings: &PasswordSettings,
    brand: &str,
    password: &Secret<String>,
    inputs: &[&str],
) -> Option<Fault> {
    if password.expose().is_empty() {
        return Some(Fault::PasswordRequired);
    }
    let as_u32 = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let too_long = Fault::PasswordTooLong { maximum: as_u32(settings.longest) };
    if password.expose().len() > BYTES_LIMIT {
        return Some(too_long);
    }
    let password = normalise(password);
    let length = password.expose().chars().count();
    if length < settings.shortest {
        return Some(Fault::PasswordTooShort { minimum: as_u32(settings.shortest) });
    }
    if length > settings.longest {
        return Some(too_long);
    }
    if common::is_common(&password) {
        return Some(Fault::PasswordTooCommon);
    }
    (score(&password, brand, inputs) < settings.score).then_some(Fault::PasswordTooWeak)
}

/// Compatibility forms folded (NFKC), so that the same password typed on another keyboard is the same.
pub(super) fn normalise(password: &Secret<String>) -> Secret<String> {
    let text = password.expose();
    let end = (0..=BYTES_LIMIT.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    Secret::new(text[..end].nfkc().collect())
}

/// How well it withstands guessing, 0 to 4: words, names, dates, keyboard walks, and what is known of the customer count little.
fn score(password: &Secret<String>, brand: &str, inputs: &[&str]) -> u8 {
    let parts =
        inputs.iter().take(INPUTS_LIMIT).flat_map(|input| input.split(['@', '.', ' ', '_', '-', '+']));
    let known: Vec<&str> = inputs
        .iter()
        .take(INPUTS_LIMIT)
        .copied()
        .chain(parts)
        .chain([brand])
        .filter(|input| (3..=GUESSED_LIMIT).contains(&input.len()))
        .collect();
    let guessed = Secret::new(password.expose().chars().take(GUESSED_LIMIT).collect::<String>());
    match zxcvbn::zxcvbn(guessed.expose(), &known).score() {
        Score::Zero => 0,
        Score::One => 1,
        Score::Two => 2,
        Score::Three => 3,
        // The enum may grow; more than four is not asked for.
        _ => 4,
    }
}
