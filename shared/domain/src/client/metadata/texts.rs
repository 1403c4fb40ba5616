//! Texts for people and machines: bounded, and without characters that have no place in them.

use super::{MOST, Metadata, refused};
use crate::client::uri::check_web_page;
use crate::client::{ClientError, Links};
use crate::page::is_plain;

/// The longest name, in characters.
const LONGEST_NAME: usize = 100;
/// The longest of the other texts, in bytes.
const LONGEST_TEXT: usize = 256;

impl Metadata {
    pub(super) fn check_texts(&self) -> Result<(), ClientError> {
        let sound_name = |name: &String| name.chars().count() <= LONGEST_NAME && is_plain(name);
        if !self.client_name.iter().all(sound_name) {
            return Err(refused(format!(
                "`client_name` must be at most {LONGEST_NAME} printable characters"
            )));
        }
        let lists = [&self.contacts, &self.default_acr_values];
        let texts =
            lists.into_iter().flatten().flatten().chain(&self.software_id).chain(&self.software_version);
        let sound = |text: &String| text.len() <= LONGEST_TEXT && !text.chars().any(char::is_control);
        if lists.into_iter().flatten().any(|list| list.len() > MOST) || !texts.into_iter().all(sound) {
            return Err(refused("a text of the metadata is too long"));
        }
        let Links { client_uri, logo_uri, policy_uri, tos_uri, initiate_login_uri } = &self.links;
        for (name, uri) in [
            ("client_uri", client_uri),
            ("logo_uri", logo_uri),
            ("policy_uri", policy_uri),
            ("tos_uri", tos_uri),
            ("initiate_login_uri", initiate_login_uri),
        ] {
            if let Some(uri) = uri {
                check_web_page(uri).map_err(|fault| refused(format!("`{name}`: {fault}")))?;
            }
        }
        Ok(())
    }
}
