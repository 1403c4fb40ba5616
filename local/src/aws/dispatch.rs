//! One dispatcher for both ways in: tells the service apart, counts, injects faults, answers.
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response};

use super::stack::Stack;
use super::wire::{self, Refusal};
use super::{Fault, faults, kms, ses, sns, sqs};

const JSON_1_0: &str = "application/x-amz-json-1.0";
const JSON_1_1: &str = "application/x-amz-json-1.1";

/// The services, each with a protocol of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    DynamoDb,
    Kms,
    Sqs,
    Sns,
    Ses,
}

impl Service {
    fn name(self) -> &'static str {
        match self {
            Self::DynamoDb => "dynamodb",
            Self::Kms => "kms",
            Self::Sqs => "sqs",
            Self::Sns => "sns",
            Self::Ses => "ses",
        }
    }
}

/// Which operation of which service a request calls.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) service: Service,
    pub(super) operation: String,
}

impl Target {
    /// JSON services name the target in a header, SNS in the form, SES by its path.
    fn of(request: &Request<Bytes>) -> Option<Self> {
        if let Some(target) = request.headers().get("x-amz-target") {
            let (prefix, operation) = target.to_str().ok()?.split_once('.')?;
            let service = match prefix {
                "DynamoDB_20120810" | "DynamoDBStreams_20120810" => Service::DynamoDb,
                "TrentService" => Service::Kms,
                "AmazonSQS" => Service::Sqs,
                _ => return None,
            };
            return Some(Self { service, operation: operation.to_owned() });
        }
        if request.method() == Method::POST && request.uri().path() == ses::SEND_EMAIL_PATH {
            return Some(Self { service: Service::Ses, operation: "SendEmail".to_owned() });
        }
        let operation = sns::action(request.body())?;
        Some(Self { service: Service::Sns, operation })
    }
}

/// The caller gets no answer: the connection times out.
#[derive(Debug, thiserror::Error)]
#[error("the call timed out, as a test asked")]
pub(super) struct Unanswered;

impl Stack {
    /// Answers one request, whichever way it came.
    pub(super) async fn answer(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unanswered> {
        let Some(target) = Target::of(&request) else {
            return Ok(refuse(Service::DynamoDb, &Refusal::unknown_operation()));
        };
        let name = format!("{}.{}", target.service.name(), target.operation);
        let body = request.into_body();
        self.barriers().pass(&name, &body).await;
        let fault = self.faults().take(&name, &target, &body);
        let outcome = self.calls().count(&name, self.meet(fault, &target, body)).await?;
        Ok(match outcome {
            Ok(body) => accept(target.service, body),
            Err(refusal) => refuse(target.service, &refusal),
        })
    }

    async fn meet(
        &self,
        fault: Option<Fault>,
        target: &Target,
        body: Bytes,
    ) -> Result<Result<Vec<u8>, Refusal>, Unanswered> {
        match fault {
            None if self.faults().is_in_progress(target, &body) => Ok(Err(faults::in_progress())),
            None => Ok(self.perform(target, body).await),
            Some(Fault::SlowTransaction) => {
                self.faults().begin(&body);
                let _late = self.perform(target, body).await;
                Err(Unanswered)
            }
            Some(Fault::Unprocessed) => Ok(Ok(faults::unprocessed(target, &body))),
            Some(Fault::TransactionThrottled) => Ok(Err(faults::transaction_throttled(&body))),
            Some(Fault::Unavailable) => Ok(Err(faults::unavailable())),
            Some(Fault::Timeout) => Err(Unanswered),
            Some(Fault::AnswerLost) => {
                // The outcome is what the caller must not see.
                let _lost = self.perform(target, body).await;
                Err(Unanswered)
            }
            Some(Fault::Throttling) => Ok(Err(faults::throttling(target.service))),
            Some(Fault::TransactionConflict) => Ok(Err(faults::conflict(target, &body))),
            Some(Fault::Internal) => Ok(Err(faults::internal(target.service))),
        }
    }

    async fn perform(&self, target: &Target, body: Bytes) -> Result<Vec<u8>, Refusal> {
        let operation = target.operation.as_str();
        match target.service {
            Service::DynamoDb => self.dynamodb(operation, body).await,
            Service::Kms => kms::perform(self.keys(), operation, body).await,
            Service::Sqs => sqs::perform(self.queues(), operation, &body).await,
            Service::Sns => sns::perform(self.inbox(), operation, &body),
            Service::Ses => ses::send_email(self.inbox(), &body),
        }
    }
}

fn accept(service: Service, body: Vec<u8>) -> Response<Bytes> {
    wire::answer(http::StatusCode::OK, content_type(service), body)
}

fn refuse(service: Service, refusal: &Refusal) -> Response<Bytes> {
    let body = match service {
        Service::Sns => sns::refusal(refusal),
        Service::DynamoDb | Service::Kms | Service::Sqs | Service::Ses => refusal.to_json(),
    };
    let mut response = wire::answer(refusal.status, content_type(service), body);
    if let Ok(code) = HeaderValue::try_from(refusal.code.as_ref()) {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    if service == Service::Sqs {
        // SQS once spoke the query protocol, and its clients still look for that protocol's codes.
        let fault = if refusal.status.is_server_error() { "Receiver" } else { "Sender" };
        if let Ok(code) = HeaderValue::try_from(format!("{};{fault}", refusal.code)) {
            response.headers_mut().insert("x-amzn-query-error", code);
        }
    }
    response
}

fn content_type(service: Service) -> &'static str {
    match service {
        Service::DynamoDb | Service::Sqs => JSON_1_0,
        Service::Kms => JSON_1_1,
        Service::Sns => "text/xml",
        Service::Ses => "application/json",
    }
}
