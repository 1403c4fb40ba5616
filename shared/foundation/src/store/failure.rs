//! What DynamoDB's errors mean: one table for both ways to it.

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use serde::Deserialize;

use super::{Item, StoreError};

/// An error as DynamoDB answers with it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Failure {
    /// The error's name, behind a namespace.
    #[serde(rename = "__type")]
    pub(super) code: String,
    /// The item as it is, where a condition of a single write did not hold.
    #[serde(rename = "Item", default)]
    pub(super) item: Option<Item>,
    /// Why a transaction was cancelled, one for each of its writes.
    #[serde(rename = "CancellationReasons", default)]
    pub(super) reasons: Vec<Reason>,
}

/// What one write has to do with the failure of a transaction.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Reason {
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) item: Option<Item>,
}

impl Failure {
    /// What it means; none where only the SDK may know what to do.
    pub(super) fn meaning(self) -> Option<StoreError> {
        match self.code.rsplit('#').next()? {
            "ConditionalCheckFailedException" => {
                Some(StoreError::Refused { index: 0, item: self.item.map(Box::new) })
            }
            "TransactionCanceledException" => cancelled(self.reasons),
            code => is_busy(code).then_some(StoreError::Busy),
        }
    }

    /// What an error of the SDK means, with the details that it gave.
    pub(super) fn of_sdk<E, R>(self, error: &SdkError<E, R>) -> StoreError
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        let code = error.code().unwrap_or_default().to_owned();
        if let Some(known) = (Self { code, ..self }).meaning() {
            return known;
        }
        let described = DisplayErrorContext(error).to_string();
        match error {
            // DynamoDB has understood what we asked and will not do it: a fault of ours, or of the role.
            SdkError::ServiceError(answer) if !is_internal(answer.err().code()) => {
                StoreError::Failed(described)
            }
            _ => StoreError::Unavailable(described),
        }
    }
}

/// Errors that pass: another transaction is under way, this very one still is, or it is too much at once.
fn is_busy(code: &str) -> bool {
    matches!(
        code,
        "TransactionConflictException"
            | "TransactionInProgressException"
            | "ThrottlingException"
            | "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
            | "ReplicatedWriteConflictException"
    )
}

/// Errors of DynamoDB itself, which the SDK has tried to get over.
fn is_internal(code: Option<&str>) -> bool {
    matches!(code, Some("InternalServerError" | "InternalServerErrorException" | "ServiceUnavailable"))
}

/// What it means that a transaction was cancelled for `reasons`. A condition that does not hold outweighs what passes.
fn cancelled(reasons: Vec<Reason>) -> Option<StoreError> {
    const PASSING: [&str; 4] =
        ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"];
    let passes = |reason: &Reason| reason.code.as_deref().is_some_and(|code| PASSING.contains(&code));
    let busy = reasons.iter().any(passes);
    let mut refused = reasons.into_iter().enumerate();
    match refused.find(|(_, reason)| reason.code.as_deref() == Some("ConditionalCheckFailed")) {
        Some((index, reason)) => Some(StoreError::Refused { index, item: reason.item.map(Box::new) }),
        None => busy.then_some(StoreError::Busy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(answer: &str) -> Option<StoreError> {
        serde_json::from_str::<Failure>(answer).unwrap().meaning()
    }

    #[test]
    fn what_passes_is_busy() {
        for code in ["TransactionConflictException", "TransactionInProgressException", "ThrottlingException"]
        {
            let answer =
                format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"later"}}"#);
            assert!(matches!(meaning(&answer), Some(StoreError::Busy)), "{code}");
        }
        for reason in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] {
            let answer = format!(
                r#"{{"__type":"x#TransactionCanceledException","CancellationReasons":[{{"Code":"None"}},{{"Code":"{reason}"}}]}}"#
            );
            assert!(matches!(meaning(&answer), Some(StoreError::Busy)), "{reason}");
        }
    }

    #[test]
    fn a_condition_that_does_not_hold_outweighs_a_conflict() {
        let answer = r#"{"__type":"x#TransactionCanceledException",
            "CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"ConditionalCheckFailed"}]}"#;
        assert!(matches!(meaning(answer), Some(StoreError::Refused { index: 1, item: None })));
    }

    #[test]
    fn what_is_not_in_the_table_is_left_to_the_sdk() {
        for code in ["ValidationException", "ExpiredTokenException", "InternalServerError", ""] {
            assert!(meaning(&format!(r#"{{"__type":"{code}"}}"#)).is_none(), "{code}");
        }
    }
}
