//! The local host: API Gateway, Lambda, DynamoDB, KMS, SNS, SES and SQS in one process.

pub mod aws;
pub mod template;
