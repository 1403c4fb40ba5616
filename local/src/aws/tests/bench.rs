//! What the tests of all services share: a stack, and SDK clients on both ways in.
use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::aws::{Data, Options, Stack};

/// A stack on a temporary folder.
pub(in crate::aws) fn stack() -> Stack {
    Stack::open(&Options { data: Data::Temporary }).unwrap()
}

/// How a client reaches the stack.
#[derive(Clone, Copy, Debug)]
pub(in crate::aws) enum Way {
    InProcess,
    Loopback(SocketAddr),
}

/// Both ways to a stack; the endpoint lives as long as the test's runtime.
pub(in crate::aws) async fn both_ways(stack: &Stack) -> [Way; 2] {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = stack.clone();
    tokio::spawn(async move { serving.serve(listener, std::future::pending()).await });
    [Way::InProcess, Way::Loopback(address)]
}

/// The configuration of any service's client.
macro_rules! client {
    ($sdk:ident, $stack:expr, $way:expr) => {{
        let config = $sdk::Config::builder()
            .behavior_version($sdk::config::BehaviorVersion::latest())
            .region($sdk::config::Region::new($crate::aws::REGION))
            .credentials_provider(aws_credential_types::Credentials::new("id", "secret", None, None, "test"))
            .retry_config($sdk::config::retry::RetryConfig::disabled());
        let config = match $way {
            $crate::aws::tests::bench::Way::InProcess => config.http_client($stack.http_client()),
            $crate::aws::tests::bench::Way::Loopback(address) => config
                .endpoint_url(format!("http://{address}"))
                .http_client(aws_smithy_http_client::Builder::new().build_http()),
        };
        $sdk::Client::from_conf(config.build())
    }};
}
pub(in crate::aws) use client;

/// A table with a key, a sort key, an index and a stream.
pub(in crate::aws) fn table(name: &str) -> Value {
    json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [
            { "AttributeName": "pk", "KeyType": "HASH" },
            { "AttributeName": "sk", "KeyType": "RANGE" },
        ],
        "AttributeDefinitions": [
            { "AttributeName": "pk", "AttributeType": "S" },
            { "AttributeName": "sk", "AttributeType": "S" },
        ],
        "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" },
    })
}
