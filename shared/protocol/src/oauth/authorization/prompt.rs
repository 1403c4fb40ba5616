//! `prompt` (Core §3.1.2.1, Initiating User Registration 1.0 §4) and `display`.

use super::{Display, Prompt, Refusal};
use crate::http::Params;

pub(super) fn check(params: &Params) -> Result<Vec<Prompt>, Refusal> {
    let mut prompts = Vec::new();
    for name in params.get("prompt").unwrap_or_default().split(' ').filter(|name| !name.is_empty()) {
        let prompt = match name {
            "none" => Prompt::None,
            "login" => Prompt::Login,
            "consent" => Prompt::Consent,
            "select_account" => Prompt::SelectAccount,
            "create" => Prompt::Create,
            _ => {
                return Err(Refusal::invalid(
                    "`prompt` must be of none, login, consent, select_account, create",
                ));
            }
        };
        if !prompts.contains(&prompt) {
            prompts.push(prompt);
        }
    }
    if prompts.len() > 1 && prompts.contains(&Prompt::None) {
        return Err(Refusal::invalid("`prompt` none cannot be combined with others"));
    }
    Ok(prompts)
}

/// A preference: what is unknown changes nothing.
pub(super) fn display(params: &Params) -> Display {
    match params.get("display") {
        Some("popup") => Display::Popup,
        Some("touch") => Display::Touch,
        Some("wap") => Display::Wap,
        _ => Display::Page,
    }
}
