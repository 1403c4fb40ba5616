//! Placeholders: writes that stand in for those of an account that is not made, so that the time of a transaction tells nothing.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clock::Timestamp;
use crate::id::TokenId;
use crate::store::{Entity, Key, Table, Write};

#[derive(Serialize, Deserialize)]
struct Placeholder {
    id: TokenId,
    expires_at: Timestamp,
}

impl Entity for Placeholder {
    const TYPE: &'static str = "placeholder";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        Key::new(format!("placeholder#{}", self.id), "placeholder")
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// As many writes that mean nothing as `writes` has. DynamoDB collects them at its next round.
pub(super) fn instead_of(app: &App, writes: &[Write]) -> Vec<Write> {
    let placeholder = || Placeholder { id: TokenId::new(app), expires_at: app.clock.now() };
    writes.iter().map(|_| Write::create(&placeholder())).collect()
}
