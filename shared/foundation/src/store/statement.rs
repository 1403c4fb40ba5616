//! One write in DynamoDB's own words, by itself or in a transaction.

use std::collections::HashMap;

use serde::Serialize;

use super::Item;
use super::condition::{Expression, Finished};
use super::write::Kind;
use crate::config::Tables;

/// What a write does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Put,
    Delete,
    Update,
    Check,
}

impl Verb {
    /// The operation that does it alone. A condition alone is checked in a transaction.
    pub(super) const fn operation(self) -> &'static str {
        match self {
            Self::Put => "PutItem",
            Self::Delete => "DeleteItem",
            Self::Update => "UpdateItem",
            Self::Check => "TransactWriteItems",
        }
    }
}

/// A write. Whoever loses wants to see the winner.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Statement {
    #[serde(skip)]
    pub(super) verb: Verb,
    pub(super) table_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) item: Option<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) update_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) condition_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expression_attribute_names: Option<HashMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expression_attribute_values: Option<Item>,
    return_values_on_condition_check_failure: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_values: Option<&'static str>,
}

impl Statement {
    pub(super) fn of(kind: Kind, tables: &Tables) -> Self {
        let statement = |verb, table: super::Table, expression: Expression| {
            let Finished { update, condition, names, values } = expression.finish();
            Self {
                verb,
                table_name: table.name(tables).to_owned(),
                key: None,
                item: None,
                update_expression: (verb == Verb::Update).then_some(update),
                condition_expression: condition,
                expression_attribute_names: names,
                expression_attribute_values: values,
                return_values_on_condition_check_failure: "ALL_OLD",
                return_values: None,
            }
        };
        match kind {
            Kind::Put(table, item, expression) => {
                Self { item: Some(item), ..statement(Verb::Put, table, expression) }
            }
            Kind::Delete(table, key, expression) => {
                Self { key: Some(key.item()), ..statement(Verb::Delete, table, expression) }
            }
            Kind::Update(table, key, expression) => {
                Self { key: Some(key.item()), ..statement(Verb::Update, table, expression) }
            }
            Kind::Check(table, key, expression) => {
                Self { key: Some(key.item()), ..statement(Verb::Check, table, expression) }
            }
        }
    }

    /// That answers with the item as it is afterwards.
    pub(super) fn returning(self) -> Self {
        Self { return_values: Some("ALL_NEW"), ..self }
    }

    pub(super) fn is_conditional(&self) -> bool {
        self.condition_expression.is_some()
    }

    pub(super) fn is_returning(&self) -> bool {
        self.return_values.is_some()
    }
}

/// Several, of which all are done or none.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Transaction<'a> {
    transact_items: Vec<Action<'a>>,
    /// With the same one DynamoDB does it once, however often it is asked in ten minutes.
    pub(super) client_request_token: &'a str,
}

#[derive(Serialize)]
enum Action<'a> {
    Put(&'a Statement),
    Delete(&'a Statement),
    Update(&'a Statement),
    ConditionCheck(&'a Statement),
}

impl<'a> Transaction<'a> {
    pub(super) fn of(statements: &'a [Statement], client_request_token: &'a str) -> Self {
        let action = |statement: &'a Statement| match statement.verb {
            Verb::Put => Action::Put(statement),
            Verb::Delete => Action::Delete(statement),
            Verb::Update => Action::Update(statement),
            Verb::Check => Action::ConditionCheck(statement),
        };
        Self { transact_items: statements.iter().map(action).collect(), client_request_token }
    }
}
