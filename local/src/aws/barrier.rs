//! Barriers: a call that is held just before it is done, so that a test can have something else happen in between.
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

#[derive(Debug)]
struct Gate {
    operation: String,
    text: String,
    arrived: watch::Sender<bool>,
    open: watch::Sender<bool>,
}

/// Holds each call of an operation whose body contains a text, until it is released.
#[derive(Debug)]
pub struct Barrier(Arc<Gate>);

impl Barrier {
    /// Resolves once a call is held.
    pub async fn arrived(&self) {
        until(&self.0.arrived).await;
    }

    /// Lets pass what is held, and all that comes.
    pub fn release(self) {
        self.0.open.send_replace(true);
    }
}

/// The barriers that stand.
#[derive(Debug, Default)]
pub(super) struct Barriers(Mutex<Vec<Arc<Gate>>>);

impl Barriers {
    pub(super) fn add(&self, operation: &str, text: &str) -> Barrier {
        let gate = Arc::new(Gate {
            operation: operation.to_owned(),
            text: text.to_owned(),
            arrived: watch::Sender::new(false),
            open: watch::Sender::new(false),
        });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&gate));
        Barrier(gate)
    }

    /// Returns when no barrier holds this call.
    pub(super) async fn pass(&self, operation: &str, body: &[u8]) {
        let holds = |gate: &&Arc<Gate>| gate.operation == operation && contains(body, gate.text.as_bytes());
        let gate = {
            let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            gates.retain(|gate| !*gate.open.borrow());
            gates.iter().find(holds).cloned()
        };
        let Some(gate) = gate else { return };
        gate.arrived.send_replace(true);
        until(&gate.open).await;
    }
}

async fn until(flag: &watch::Sender<bool>) {
    let mut changes = flag.subscribe();
    while !*changes.borrow_and_update() {
        // The flag lives as long as it is waited for.
        if changes.changed().await.is_err() {
            return;
        }
    }
}

fn contains(body: &[u8], text: &[u8]) -> bool {
    text.is_empty() || body.windows(text.len()).any(|part| part == text)
}
