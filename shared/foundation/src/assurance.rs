//! How sure a sign-in is: the levels of NIST 800-63B, and the names that a deployment gives them (`acr`, OpenID Connect Core §2).

use std::collections::BTreeMap;

names! {
    /// A level of authenticator assurance (NIST SP 800-63B-4 §2).
    #[derive(Default, PartialOrd, Ord)]
    Level {
        /// One factor.
        #[default]
        Aal1 "urn:latchkey:aal1",
        /// Two factors.
        Aal2 "urn:latchkey:aal2",
        /// Two, one of them a key that cannot be copied and cannot be lured away.
        Aal3 "urn:latchkey:aal3",
    }
}

impl Level {
    /// The surest that a sign-in can be, as far as there are steps for it: by password.
    pub const REACHABLE: Self = Self::Aal1;

    /// The level that is meant by `name`: one of ours, or one that the deployment has given a name of its own.
    #[must_use]
    pub fn named(name: &str, own: &BTreeMap<String, Self>) -> Option<Self> {
        Self::find(name).or_else(|| own.get(name).copied())
    }
}

/// Every name that a sign-in can reach: ours, then the deployment's own.
pub fn reachable(own: &BTreeMap<String, Level>) -> impl Iterator<Item = &str> {
    let ours = Level::ALL.iter().map(|level| (level.name(), *level));
    let named = own.iter().map(|(name, level)| (name.as_str(), *level));
    ours.chain(named).filter(|(_, level)| *level <= Level::REACHABLE).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_gives_levels_names_and_cannot_take_ours() {
        let own = BTreeMap::from([
            ("gold".to_owned(), Level::Aal2),
            ("silver".to_owned(), Level::Aal1),
            ("urn:latchkey:aal3".to_owned(), Level::Aal1),
        ]);
        assert_eq!(Level::named("gold", &own), Some(Level::Aal2));
        assert_eq!(Level::named("urn:latchkey:aal3", &own), Some(Level::Aal3));
        assert_eq!(Level::named("bronze", &own), None);
        assert!(reachable(&own).any(|name| name == "silver"));
        assert!(!reachable(&own).any(|name| name == "gold"));
    }
}
