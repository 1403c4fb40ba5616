//! The flows of a deployment: read from `config`, where administrators change them; the shipped ones where there are none.

use std::sync::Arc;
use std::time::Duration;

use super::FlowError;
use super::definition::{Flow, FlowKind};
use crate::app::App;
use crate::store::{self, Cached, Key, Order, Page, Write};

/// How long a process keeps the flows before it reads them again.
const CACHE: Duration = Duration::from_secs(30);
/// The shipped flows.
const FILES: [&str; 3] = [
    include_str!("../../../flows/sign_in.json"),
    include_str!("../../../flows/sign_up.json"),
    include_str!("../../../flows/recovery.json"),
];

#[derive(Default)]
struct Slot(Cached<Vec<Arc<Flow>>>);

/// The shipped flows, one of each kind.
///
/// # Errors
/// When a file is not a flow; a test keeps that from happening.
pub fn defaults() -> Result<Vec<Flow>, FlowError> {
    FILES.into_iter().map(|file| serde_json::from_str(file).map_err(FlowError::Shipped)).collect()
}

/// The flow of `kind`, at most half a minute old.
///
/// # Errors
/// When the store does not answer.
pub async fn flow(app: &App, kind: FlowKind) -> Result<Arc<Flow>, FlowError> {
    let flows = app.slot::<Slot>().0.get_or_load(&app.clock, CACHE, async |_| load(app).await).await?;
    let flow = flows.iter().find(|flow| flow.kind == kind);
    flow.cloned().ok_or(FlowError::Missing(kind.name()))
}

/// The newest version of each default flow in `config`, else the shipped one.
async fn load(app: &App) -> Result<Vec<Arc<Flow>>, FlowError> {
    let mut flows = Vec::new();
    for shipped in defaults()? {
        let newest = Page::first(1);
        let (mut stored, _) =
            store::query::<Flow>(app, &versions(&shipped.name), Order::Descending, newest).await?;
        let seeded = stored.pop().map(|stored| stored.entity).filter(|flow| flow.kind == shipped.kind);
        flows.push(Arc::new(seeded.unwrap_or(shipped)));
    }
    Ok(flows)
}

fn versions(name: &str) -> Key {
    Key::new(format!("flow#{name}"), "v")
}

/// Puts the shipped flows into `config` where they are not there yet.
///
/// # Errors
/// When the store does not answer.
pub async fn seed(app: &App) -> Result<(), FlowError> {
    for flow in defaults()? {
        match store::write(app, Write::create(&flow)).await {
            Err(error) if error.is_refused() => {} // an earlier deployment brought it
            other => other?,
        }
    }
    app.slot::<Slot>().0.forget();
    Ok(())
}
