//! The device grant (RFC 8628): a device without a keyboard shows a short code, and its customer types it where there is one.

mod authorize;
mod code;
mod find;

pub use authorize::{DeviceAuthorization, authorize};
pub use code::UserCode;
pub use find::find;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::keys::Sealer;
use crate::store::{Entity, Key, Table};

const LABEL: &str = "user_code";

/// What a code that is typed leads to: `user_code#<keyed hash>`/`user_code`. A code is too short to rest as a plain hash.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Shown {
    mac: String,
    /// The hash of the device code.
    pending: String,
    expires_at: Timestamp,
}

impl Entity for Shown {
    const TYPE: &'static str = "user_code";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        key(&self.mac)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

fn key(mac: &str) -> Key {
    Key::new(format!("user_code#{mac}"), "user_code")
}

impl UserCode {
    fn mac(&self, sealer: &Sealer) -> String {
        sealer.mac_text(LABEL, self.letters().as_bytes())
    }
}
