//! The local host: API Gateway, Lambda, DynamoDB, KMS, SNS, SES and SQS in one process. It serves what template.yaml declares,
//! by the same handlers and the same requests to AWS, so that no path of the platform is local only.
// Optimised builds ask for the layout of futures through all that they await.
#![recursion_limit = "256"]

pub mod aws;
pub mod extras;
pub mod gateway;
mod mtls;
pub mod options;
pub mod platform;
pub mod runner;
pub mod seed;
mod serve;
pub mod template;

pub use mtls::MtlsError;
pub use serve::{ServeError, serve};
