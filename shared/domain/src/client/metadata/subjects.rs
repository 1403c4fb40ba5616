//! `subject_type` and `sector_identifier_uri` (OpenID Connect Core §8, Registration §5): by which names the client knows customers.

use super::{Metadata, Policy, choose, refused};
use crate::client::{Client, ClientError, SubjectType, sector};
use crate::fetch;

impl Metadata {
    /// What the document at `sector_identifier_uri` says is for `check_sector`.
    pub(super) fn apply_subjects(&self, policy: &Policy, client: &mut Client) -> Result<(), ClientError> {
        client.subject_type =
            choose(&self.subject_type, "subject_type", SubjectType::find)?.unwrap_or_default();
        if let Some(uri) = &self.sector_identifier_uri {
            let wrong = |fault| refused(format!("`sector_identifier_uri`: {fault}"));
            fetch::check(uri, policy.reach).map_err(wrong)?;
        }
        client.sector_identifier_uri.clone_from(&self.sector_identifier_uri);
        client.sector = match client.subject_type {
            SubjectType::Public => None,
            SubjectType::Pairwise => sector::choose(client)?,
        };
        Ok(())
    }
}
