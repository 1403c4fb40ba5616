//! A transaction with a check that may be too strict: where it fails, whoever asked for it judges the item as it is now.

use super::send::{statements, transact_all};
use super::statement::Statement;
use super::{Entity, StoreError, Stored, Write, row};
use crate::app::App;

/// Does all of `writes` or none. Where the one at `index` is refused, `judge` looks at the item as it is: it gives the check to go on with,
/// or lets the refusal stand.
///
/// # Errors
/// [`StoreError::Refused`] with the index of the first write whose condition does not hold.
pub async fn transact_rechecked<E: Entity>(
    app: &App,
    writes: Vec<Write>,
    index: usize,
    judge: impl Fn(&Stored<E>) -> Option<Write>,
) -> Result<(), StoreError> {
    const TRIES: usize = 3;
    let mut all = statements(app, writes)?;
    for _ in 0..TRIES {
        let item = match transact_all(app, &all).await {
            Err(StoreError::Refused { index: at, item: Some(item) }) if at == index => item,
            outcome => return outcome,
        };
        let Some(check) = judge(&row::of_item(&item)?) else {
            return Err(StoreError::Refused { index, item: Some(item) });
        };
        all[index] = Statement::of(check.0?, &app.config.tables);
    }
    Err(StoreError::Busy)
}
