//! One change with many consequences: as few transactions as their limit allows, and none of the consequences in halves.

use std::collections::VecDeque;

use super::send::{statements, transact_all};
use super::statement::Statement;
use super::{StoreError, Write};
use crate::app::App;

/// The most writes of one transaction (DynamoDB).
const TOGETHER: usize = 100;

type Group = Vec<Statement>;

/// Does all of `change` or nothing, and with it each of `groups` whole: in the same transaction as far as it holds them, in further
/// ones after it. A group whose condition does not hold is left out, since somebody else was faster. Returns how many were done.
///
/// # Errors
/// [`StoreError::Refused`] when a condition of `change` does not hold; another when DynamoDB does not answer, and then the
/// transactions before have been done.
pub async fn transact_groups(
    app: &App,
    change: Vec<Write>,
    groups: Vec<Vec<Write>>,
) -> Result<usize, StoreError> {
    let mut change = statements(app, change)?;
    let mut waiting: VecDeque<Group> =
        groups.into_iter().map(|group| statements(app, group)).collect::<Result<_, _>>()?;
    let mut done = 0;
    while !(change.is_empty() && waiting.is_empty()) {
        let mut taken = take(&mut waiting, TOGETHER.saturating_sub(change.len()));
        let items: Vec<_> = change.iter().chain(taken.iter().flatten()).cloned().collect();
        match transact_all(app, &items).await {
            Ok(()) => {
                done += taken.len();
                change.clear();
            }
            Err(StoreError::Refused { index, .. }) if index >= change.len() => {
                remove(&mut taken, index - change.len());
                taken.into_iter().rev().for_each(|group| waiting.push_front(group));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// The first groups that together are at most `limit` writes; always one.
fn take(waiting: &mut VecDeque<Group>, limit: usize) -> Vec<Group> {
    let mut taken: Vec<Group> = Vec::new();
    let mut count = 0;
    while let Some(group) = waiting.front() {
        count += group.len();
        if count > limit && !taken.is_empty() {
            break;
        }
        taken.extend(waiting.pop_front());
    }
    taken
}

/// Removes the group that holds the item at `index`.
fn remove(groups: &mut Vec<Group>, mut index: usize) {
    let at = groups.iter().position(|group| match index.checked_sub(group.len()) {
        None => true,
        Some(rest) => {
            index = rest;
            false
        }
    });
    if let Some(at) = at {
        groups.remove(at);
    }
}
