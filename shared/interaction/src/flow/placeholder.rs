//! Placeholders: writes that stand in for those that only an account has, so that the time of a transaction tells nothing.

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

/// A write that means nothing. DynamoDB collects it at its next round.
pub(super) fn write(app: &App) -> Write {
    Write::create(&Placeholder { id: TokenId::new(app), expires_at: app.clock.now() })
}
