//! `App`: every handle that a function needs, built once at cold start; nothing is global.

mod aws;
pub mod deployment;
mod direct;
pub mod function;
pub mod lambda;
#[cfg(any(test, feature = "testing"))]
pub mod offline;
mod signature;
mod slots;

use std::sync::Arc;

pub use aws::{Aws, AwsOptions, Endpoints};
pub use function::{Function, Handler};

use crate::clock::Clock;
use crate::config::Config;
use crate::page::{Brand, Pages};
use crate::rng::Rng;
use slots::Slots;

/// Every handle that a function needs.
pub struct App {
    /// What the environment says.
    pub config: Config,
    /// Time.
    pub clock: Clock,
    /// Chance.
    pub rng: Rng,
    /// Pages, mails and texts.
    pub pages: Pages,
    /// AWS: for the rooms that adapt it. Functions ask a room.
    pub aws: Aws,
    slots: Slots,
}

impl App {
    /// An app on real time and chance, reaching AWS as `options` say.
    #[must_use]
    pub fn new(config: Config, options: AwsOptions) -> Self {
        Self::with(config, options, Clock::default(), Rng::default())
    }

    /// An app on the given time and chance, for tests.
    #[must_use]
    pub fn with(config: Config, options: AwsOptions, clock: Clock, rng: Rng) -> Self {
        let aws = Aws::new(&config.aws_region, options);
        let brand =
            Brand { name: config.brand_name.clone(), support_url: None, logo_url: None, css_url: None };
        Self { config, clock, rng, pages: Pages::new(brand), aws, slots: Slots::default() }
    }

    /// The one value of type `T` that a room keeps between requests (its cache), made when first asked for.
    ///
    /// The rooms above cannot be fields of `App`, which lies below them; a slot per type keeps the arrows pointing down.
    pub fn slot<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.slots.get()
    }
}
