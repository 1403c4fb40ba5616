//! Deletion protection: whether DynamoDB refuses to delete the tables.

use aws_sdk_dynamodb::error::DisplayErrorContext;

use super::{StoreError, Table};
use crate::app::App;

/// Whether DynamoDB refuses to delete the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionProtection {
    /// It refuses.
    On,
    /// It deletes them when it is asked to.
    Off,
}

/// Sets the protection of every table. One that has it already is left alone.
///
/// # Errors
/// When DynamoDB does not answer, or a table is busy with another change.
pub async fn protect_tables(app: &App, protection: DeletionProtection) -> Result<(), StoreError> {
    let wanted = protection == DeletionProtection::On;
    let dynamodb = app.aws.dynamodb();
    for table in Table::ALL {
        let name = table.name(&app.config.tables);
        let described = dynamodb.describe_table().table_name(name).send().await;
        let described =
            described.map_err(|error| StoreError::Failed(DisplayErrorContext(error).to_string()))?;
        let present = described.table.and_then(|table| table.deletion_protection_enabled);
        if present.unwrap_or_default() != wanted {
            let update = dynamodb.update_table().table_name(name).deletion_protection_enabled(wanted);
            let updated = update.send().await;
            updated.map_err(|error| StoreError::Failed(DisplayErrorContext(error).to_string()))?;
        }
    }
    Ok(())
}
