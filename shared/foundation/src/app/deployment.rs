//! A step of a deployment: CloudFormation calls a function for a custom resource and waits for a PUT to a presigned URL of S3.

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::aws;

/// The longest reason that is passed on, in characters: CloudFormation takes an answer of 4 KB at most.
const REASON_LIMIT: usize = 1000;

/// What the stack's custom resource goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Phase {
    /// It is new.
    Create,
    /// Its properties have changed.
    Update,
    /// It goes.
    Delete,
}

/// CloudFormation's event for a custom resource.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Deployment {
    /// What the resource goes through.
    #[serde(rename = "RequestType")]
    pub phase: Phase,
    #[serde(rename = "ResponseURL")]
    response_url: String,
    stack_id: String,
    request_id: String,
    logical_resource_id: String,
    #[serde(default)]
    physical_resource_id: Option<String>,
    /// What the template says of it.
    #[serde(rename = "ResourceProperties", default)]
    pub properties: Properties,
}

/// The properties of the custom resource; CloudFormation passes each as a text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Properties {
    /// Whether the tables shall be protected from deletion: `true` or `false`.
    pub deletion_protection: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    physical_resource_id: &'a str,
    stack_id: &'a str,
    request_id: &'a str,
    logical_resource_id: &'a str,
}

/// An answer that CloudFormation did not get.
#[derive(Debug, thiserror::Error)]
pub enum DeploymentError {
    /// The request could not be made.
    #[error("the answer to the deployment could not be written: {0}")]
    Malformed(String),
    /// The request did not arrive.
    #[error("the deployment could not be answered: {0}")]
    Unreachable(String),
    /// The receiver refused it.
    #[error("the deployment's answer was refused with status {0}")]
    Refused(u16),
}

impl Deployment {
    /// The deployment that `event` tells of; `None` for an event from elsewhere.
    #[must_use]
    pub fn of(event: &Value) -> Option<Self> {
        Self::deserialize(event).ok()
    }

    /// Tells CloudFormation how it went. Without this the stack waits until it times out.
    ///
    /// # Errors
    /// When the answer does not arrive.
    pub async fn answer<E: std::fmt::Display>(&self, outcome: &Result<(), E>) -> Result<(), DeploymentError> {
        let body = serde_json::to_vec(&self.body(outcome))
            .map_err(|error| DeploymentError::Malformed(error.to_string()))?;
        let malformed = |error: &dyn std::fmt::Display| DeploymentError::Malformed(error.to_string());
        let mut request = HttpRequest::new(SdkBody::from(body.as_slice()));
        request.set_method("PUT").map_err(|error| malformed(&error))?;
        request.set_uri(self.response_url.as_str()).map_err(|error| malformed(&error))?;
        // The presigned URL was signed without a content type.
        request.headers_mut().insert("content-type", "");
        request.headers_mut().insert("content-length", body.len().to_string());
        let response = aws::patient()
            .call(request)
            .await
            .map_err(|error| DeploymentError::Unreachable(error.to_string()))?;
        let status = response.status();
        if status.is_success() { Ok(()) } else { Err(DeploymentError::Refused(status.as_u16())) }
    }

    fn body<E: std::fmt::Display>(&self, outcome: &Result<(), E>) -> Answer<'_> {
        let reason = outcome.as_ref().err();
        Answer {
            status: if reason.is_none() { "SUCCESS" } else { "FAILED" },
            reason: reason.map(|reason| reason.to_string().chars().take(REASON_LIMIT).collect()),
            // The same for ever: another id would make CloudFormation delete the resource under the old one.
            physical_resource_id: self.physical_resource_id.as_deref().unwrap_or(&self.logical_resource_id),
            stack_id: &self.stack_id,
            request_id: &self.request_id,
            logical_resource_id: &self.logical_resource_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(phase: &str) -> Value {
        json!({
            "RequestType": phase, "ResponseURL": "https://bucket.s3.amazonaws.com/x?Signature=y", "StackId": "stack",
            "RequestId": "request", "LogicalResourceId": "Seed", "ResourceType": "Custom::Seed",
            "ResourceProperties": { "ServiceToken": "arn" }
        })
    }

    #[test]
    fn only_cloudformation_is_answered() {
        assert_eq!(Deployment::of(&event("Create")).unwrap().phase, Phase::Create);
        assert!(Deployment::of(&json!({})).is_none());
        assert!(Deployment::of(&event("Restart")).is_none());
    }

    #[test]
    fn an_answer_says_how_it_went() {
        let deployment = Deployment::of(&event("Update")).unwrap();
        let good = json!(deployment.body(&Ok::<(), String>(())));
        assert_eq!(good["Status"], "SUCCESS");
        assert_eq!(good["PhysicalResourceId"], "Seed");
        assert!(good.get("Reason").is_none());
        let bad = json!(deployment.body(&Err::<(), _>("x".repeat(9000))));
        assert_eq!(bad["Status"], "FAILED");
        assert_eq!(bad["Reason"].as_str().unwrap().len(), REASON_LIMIT);
    }
}
