//! The buckets: what each counts and allows, and its record `bucket#<name>#<key>`/`bucket`.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::clock::Timestamp;
use crate::store::{self, Condition, Entity, Key, StoreError, Table, Update, Write};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Whom a bucket counts: which of the settings multiplies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Per {
    Address,
    Account,
    Client,
}

/// What a bucket allows: `capacity` at once, and as many again within `refill`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    pub(super) per: Per,
    pub(super) capacity: u32,
    pub(super) refill: Duration,
    /// How many tokens a process takes at once and then spends without asking: for endpoints that are to make no call.
    pub(super) lease: u32,
}

impl Policy {
    const fn new(per: Per, capacity: u32, seconds: u64) -> Self {
        Self { per, capacity, refill: Duration::from_secs(seconds), lease: 1 }
    }

    const fn leased(self, lease: u32) -> Self {
        Self { lease, ..self }
    }
}

macro_rules! buckets {
    ($($(#[$doc:meta])* $variant:ident = $name:literal: $policy:expr;)*) => {
        /// What is counted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Bucket {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Bucket {
            /// Every bucket.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            pub(super) const fn policy(self) -> Policy {
                match self { $(Self::$variant => $policy,)* }
            }
        }
    };
}

buckets! {
    /// Identifiers and passwords sent from an address.
    SignIn = "sign_in": Policy::new(Per::Address, 60, MINUTE);
    /// Sign-ups from an address.
    SignUp = "sign_up": Policy::new(Per::Address, 10, 10 * MINUTE);
    /// Recoveries asked for from an address.
    Recover = "recover": Policy::new(Per::Address, 10, 10 * MINUTE);
    /// Codes and links tried from an address.
    Proof = "proof": Policy::new(Per::Address, 30, 5 * MINUTE);
    /// Clients registered, or changed by themselves, from an address.
    Register = "register": Policy::new(Per::Address, 20, HOUR);
    /// Device authorizations begun from an address.
    DeviceAuthorization = "device_authorization": Policy::new(Per::Address, 60, MINUTE);
    /// Codes of devices typed from an address.
    UserCode = "user_code": Policy::new(Per::Address, 20, 10 * MINUTE);
    /// Codes of devices typed in a browser.
    UserCodeBrowser = "user_code_browser": Policy::new(Per::Account, 10, 10 * MINUTE);
    /// Failed authentications of clients from an address.
    ClientAuthentication = "client_authentication": Policy::new(Per::Address, 60, MINUTE);
    /// Documents of clients that an address has us read.
    Fetch = "fetch": Policy::new(Per::Address, 20, 10 * MINUTE);
    /// Documents that we read from a host, whoever has us.
    FetchHost = "fetch_host": Policy::new(Per::Client, 300, 10 * MINUTE);
    /// Recoveries asked for of an account.
    RecoverAccount = "recover_account": Policy::new(Per::Account, 10, HOUR);
    /// Codes sent for an account.
    SendCode = "send_code": Policy::new(Per::Account, 10, 15 * MINUTE);
    /// Changes that an account makes of itself.
    Account = "account": Policy::new(Per::Account, 60, MINUTE);
    /// Times that a client has a customer asked elsewhere.
    Backchannel = "backchannel": Policy::new(Per::Account, 5, 10 * MINUTE);
    /// Times that a customer is asked elsewhere, by whatever clients.
    BackchannelCustomer = "backchannel_customer": Policy::new(Per::Account, 15, HOUR);
    /// Mails to a recipient.
    Mail = "mail": Policy::new(Per::Account, 30, HOUR);
    /// Short messages to a number.
    Sms = "sms": Policy::new(Per::Account, 6, HOUR);
    /// Short messages to a range of ten thousand numbers: who is paid for them owns a range, not a number.
    SmsRange = "sms_range": Policy::new(Per::Account, 30, HOUR);
    /// Authorization requests pushed by a client.
    Push = "push": Policy::new(Per::Client, 6000, MINUTE).leased(100);
    /// Times that a client has customers asked elsewhere.
    BackchannelClient = "backchannel_client": Policy::new(Per::Client, 300, MINUTE);
    /// Tokens issued to a client.
    Token = "token": Policy::new(Per::Client, 6000, MINUTE).leased(100);
    /// Introspections and revocations by a client.
    Introspect = "introspect": Policy::new(Per::Client, 12_000, MINUTE).leased(200);
}

/// A bucket that is not full.
#[derive(Serialize, Deserialize)]
pub(super) struct TokenBucket {
    name: Bucket,
    key: String,
    /// When it is full again, in microseconds since the epoch.
    full_at: i64,
}

impl TokenBucket {
    /// Keys may be addresses of people or machines, and long: they rest hashed.
    pub(super) fn new(name: Bucket, key: &str, full_at: i64) -> Self {
        let key = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, key.as_bytes()));
        Self { name, key, full_at }
    }
}

impl Entity for TokenBucket {
    const TYPE: &'static str = "bucket";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        Key::new(format!("bucket#{}#{}", self.name.name(), self.key), "bucket")
    }

    /// A full bucket is as good as none.
    fn expires(&self) -> Option<Timestamp> {
        Some(seconds_after(self.full_at))
    }
}

fn seconds_after(micros: i64) -> Timestamp {
    Timestamp(micros.div_euclid(1_000_000) + 1)
}

/// Writes a bucket where there is none, or one that is full by `now`; else says when the one that is there will be full.
pub(super) async fn open(app: &App, fresh: &TokenBucket, now: i64) -> Result<Option<i64>, StoreError> {
    full_at(store::write(app, Write::put_where(fresh, &[Condition::AtMost("full_at", now)])).await)
}

/// Moves the bucket that is where `fresh` would be on by `cost`, if it is full at `at_most` or before; else says when it will be.
pub(super) async fn draw(
    app: &App,
    fresh: &TokenBucket,
    (cost, at_most): (i64, i64),
) -> Result<Option<i64>, StoreError> {
    let update = Update::of::<TokenBucket>(fresh.key())
        .add("full_at", cost)
        .set("ttl", &seconds_after(at_most.saturating_add(cost)))
        .when(&[Condition::Past("full_at", at_most)]);
    full_at(store::write(app, update).await)
}

/// When the bucket that won will be full; one that was collected meanwhile was full.
fn full_at(outcome: Result<(), StoreError>) -> Result<Option<i64>, StoreError> {
    match outcome {
        Ok(()) => Ok(None),
        Err(error) => Ok(Some(error.winner::<TokenBucket>()?.map_or(0, |bucket| bucket.full_at))),
    }
}
