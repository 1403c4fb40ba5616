//! Stand-ins for the AWS services that the platform calls: DynamoDB, KMS, SQS, SNS and SES.
//!
//! The platform talks to them as it talks to AWS. The stand-ins are reached in process
//! ([`Stack::http_client`]) or over loopback HTTP ([`Stack::serve`]); one dispatcher answers both.
mod barrier;
mod calls;
mod client;
mod clock;
mod dispatch;
mod dynamodb;
mod error;
mod faults;
mod files;
mod inbox;
mod kms;
mod meter;
mod serve;
mod ses;
mod sns;
mod sqs;
mod stack;
mod wire;

#[cfg(test)]
mod tests;

pub use barrier::Barrier;
pub use calls::{Calls, Spent};
pub use error::AwsError;
pub use faults::Fault;
pub use inbox::{Channel, Inbox, Message};
pub use sqs::{DeadLetter, Depth, QueueOptions, Queues, Received};
pub use stack::{Data, DynamoDb, Options, Stack};

/// The region of every name that the stand-ins hand out.
pub const REGION: &str = "us-east-1";
/// The account of every name that the stand-ins hand out.
pub const ACCOUNT: &str = "000000000000";
