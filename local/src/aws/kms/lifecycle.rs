//! Keys and aliases come, are described, rest, and go.
use serde::Deserialize;
use serde_json::{Value, json};

use super::invalid;
use super::key::{Key, KeyState};
use super::pair::make_secret;
use super::spec::{KeySpec, KeyUsage};
use super::store::Keys;
use crate::aws::wire::{Blob, Refusal, random_id};
use crate::aws::{ACCOUNT, AwsError, REGION};

const DAY: i64 = 24 * 60 * 60;
/// How long a key waits for its deletion, unless the request says otherwise, and at least and at most.
const WAITING_DAYS: i64 = 30;
const SHORTEST_WAITING_DAYS: i64 = 7;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
pub(super) struct CreateKey {
    pub(super) key_spec: KeySpec,
    pub(super) key_usage: KeyUsage,
    pub(super) description: String,
}

/// A request that names a key and no more.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OfKey {
    key_id: String,
}

pub(super) fn create_key(keys: &Keys, request: CreateKey) -> Result<Value, Refusal> {
    if request.key_spec.usage() != request.key_usage {
        return Err(invalid("KeyUsage does not go with KeySpec here"));
    }
    let key = make(keys, request.key_spec, request.description)?;
    let metadata = key.metadata();
    keys.change(|ring| {
        ring.keys.insert(key.id.clone(), key);
        Ok(json!({ "KeyMetadata": metadata }))
    })
}

fn make(keys: &Keys, spec: KeySpec, description: String) -> Result<Key, Refusal> {
    Ok(Key {
        id: random_id()?,
        spec,
        description,
        created_at: keys.now(),
        state: KeyState::Enabled,
        secret: Blob(make_secret(spec)?),
    })
}

impl Keys {
    /// The ARN of the key that an alias means, after making both if there is no such alias.
    pub(in crate::aws) fn ensure(&self, alias: &str, spec: &str) -> Result<String, AwsError> {
        if let Ok(key) = self.find(alias) {
            return Ok(key.arn());
        }
        let spec: KeySpec = serde_json::from_value(Value::from(spec))?;
        let key = make(self, spec, String::new())?;
        let arn = self.change(|ring| {
            ring.aliases.insert(alias.to_owned(), key.id.clone());
            let arn = key.arn();
            ring.keys.insert(key.id.clone(), key);
            Ok(arn)
        })?;
        Ok(arn)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateAlias {
    alias_name: String,
    target_key_id: String,
}

pub(super) fn create_alias(keys: &Keys, request: &CreateAlias) -> Result<Value, Refusal> {
    let name = &request.alias_name;
    let is_name = |name: &str| !name.is_empty() && !name.starts_with("aws/");
    if !name.strip_prefix("alias/").is_some_and(is_name) {
        return Err(invalid("Alias must start with alias/ and be a customer's own"));
    }
    keys.change(|ring| {
        if ring.aliases.contains_key(name) {
            return Err(Refusal::new(
                "AlreadyExistsException",
                format!("An alias with the name {name} already exists."),
            ));
        }
        let id = ring.resolve(&request.target_key_id)?;
        ring.aliases.insert(name.clone(), id);
        Ok(json!({}))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListAliases {
    key_id: Option<String>,
}

pub(super) fn list_aliases(keys: &Keys, request: &ListAliases) -> Result<Value, Refusal> {
    let ring = keys.ring();
    let only = request.key_id.as_deref().map(|key| ring.resolve(key)).transpose()?;
    let aliases: Vec<Value> = ring
        .aliases
        .iter()
        .filter(|(_, id)| only.as_ref().is_none_or(|only| only == *id))
        .map(|(name, id)| {
            let arn = format!("arn:aws:kms:{REGION}:{ACCOUNT}:{name}");
            json!({ "AliasName": name, "AliasArn": arn, "TargetKeyId": id })
        })
        .collect();
    Ok(json!({ "Aliases": aliases, "Truncated": false }))
}

pub(super) fn describe_key(keys: &Keys, request: &OfKey) -> Result<Value, Refusal> {
    Ok(json!({ "KeyMetadata": keys.find(&request.key_id)?.metadata() }))
}

pub(super) fn enable_key(keys: &Keys, request: &OfKey) -> Result<Value, Refusal> {
    switch(keys, request, KeyState::Enabled)
}

pub(super) fn disable_key(keys: &Keys, request: &OfKey) -> Result<Value, Refusal> {
    switch(keys, request, KeyState::Disabled)
}

/// A key that waits for its deletion must be rescued first.
fn switch(keys: &Keys, request: &OfKey, state: KeyState) -> Result<Value, Refusal> {
    keys.change(|ring| {
        let key = ring.key_mut(&request.key_id)?;
        if matches!(key.state, KeyState::PendingDeletion { .. }) {
            return Err(key.wrong_state());
        }
        key.state = state;
        Ok(json!({}))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ScheduleKeyDeletion {
    key_id: String,
    pending_window_in_days: Option<i64>,
}

pub(super) fn schedule_key_deletion(keys: &Keys, request: &ScheduleKeyDeletion) -> Result<Value, Refusal> {
    let days = request.pending_window_in_days.unwrap_or(WAITING_DAYS);
    if !(SHORTEST_WAITING_DAYS..=WAITING_DAYS).contains(&days) {
        return Err(invalid("PendingWindowInDays must be between 7 and 30"));
    }
    let until = keys.now() + days * DAY;
    keys.change(|ring| {
        let key = ring.key_mut(&request.key_id)?;
        if matches!(key.state, KeyState::PendingDeletion { .. }) {
            return Err(key.wrong_state());
        }
        key.state = KeyState::PendingDeletion { until };
        Ok(json!({
            "KeyId": key.arn(),
            "DeletionDate": until,
            "KeyState": "PendingDeletion",
            "PendingWindowInDays": days,
        }))
    })
}

/// The key is rescued, but stays disabled.
pub(super) fn cancel_key_deletion(keys: &Keys, request: &OfKey) -> Result<Value, Refusal> {
    keys.change(|ring| {
        let key = ring.key_mut(&request.key_id)?;
        if !matches!(key.state, KeyState::PendingDeletion { .. }) {
            return Err(key.wrong_state());
        }
        key.state = KeyState::Disabled;
        Ok(json!({ "KeyId": key.arn() }))
    })
}
