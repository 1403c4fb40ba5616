//! Which signing keys are published: those of the algorithms that the deployment names (`keys.algorithms`), and those that a client has
//! asked for since. Libraries refuse a whole set for one kind of key that they cannot read, so nobody is shown keys that no client uses.
//!
//! Every algorithm has its key from the seed on. To ask for one is a small record, which gives whoever registers clients no power over keys.

use serde::{Deserialize, Serialize};

use super::{Algorithm, KeyError, jwks};
use crate::app::App;
use crate::clock::Timestamp;
use crate::settings;
use crate::store::{self, Entity, Key, Order, Page, Table, Write};

const PARTITION: &str = "asked_algorithms";

/// A client has asked for keys of this algorithm: `asked_algorithms`/`<algorithm>`.
#[derive(Serialize, Deserialize)]
struct AskedAlgorithm {
    algorithm: Algorithm,
    asked_at: Timestamp,
}

impl Entity for AskedAlgorithm {
    const TYPE: &'static str = "asked_algorithm";
    const TABLE: Table = Table::Config;

    fn key(&self) -> Key {
        Key::new(PARTITION, self.algorithm.name())
    }
}

/// The algorithms whose keys are published now.
///
/// # Errors
/// When the store does not answer.
pub async fn published(app: &App) -> Result<Vec<Algorithm>, KeyError> {
    let most = i32::try_from(Algorithm::ALL.len()).unwrap_or(i32::MAX);
    let partition = Key::new(PARTITION, "");
    let asked = store::query::<AskedAlgorithm>(app, &partition, Order::Ascending, Page::first(most));
    let settings = async { settings::load(app).await };
    let (settings, (asked, _)) = tokio::try_join!(settings, asked)?;
    let is_published = |algorithm: &Algorithm| {
        settings.keys.algorithms.contains(algorithm) || asked.iter().any(|one| one.algorithm == *algorithm)
    };
    Ok(Algorithm::ALL.into_iter().filter(is_published).collect())
}

/// Publishes the keys of these algorithms from now on, and says whether one of them was not published before. Where they are named by the
/// deployment it calls nothing.
///
/// # Errors
/// When the store does not answer.
pub async fn publish(app: &App, algorithms: &[Algorithm]) -> Result<bool, KeyError> {
    let settings = settings::load(app).await?;
    let mut is_new = false;
    for algorithm in algorithms.iter().filter(|one| !settings.keys.algorithms.contains(one)) {
        let asked = AskedAlgorithm { algorithm: *algorithm, asked_at: app.clock.now() };
        match store::write(app, Write::create(&asked)).await {
            Err(error) if error.is_refused() => {} // another client was first
            other => {
                other?;
                jwks::forget(app);
                is_new = true;
            }
        }
    }
    Ok(is_new)
}
