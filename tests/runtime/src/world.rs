//! A freshly seeded deployment for the binaries: the stand-ins over loopback, and the environment that names them.

use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;

use local::aws;
use local::options::Profile;
use local::platform::{Platform, PlatformError, Start};
use local::seed::{self, PlantError};
use shared::clock::Clock;
use shared::rng::Rng;
use tokio::net::TcpListener;

/// Why there is no deployment.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The platform did not start.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// It could not be seeded.
    #[error(transparent)]
    Seed(#[from] PlantError),
    /// The stand-ins could not be served.
    #[error("the AWS stand-ins could not be served")]
    Endpoint(#[from] io::Error),
}

/// The deployment.
pub struct World {
    /// The platform that was seeded; its own functions stay idle.
    pub platform: Platform,
    /// What Lambda would give every binary.
    pub environment: BTreeMap<String, String>,
}

impl World {
    /// Seeds the deployment that `template` declares, in a temporary folder, and serves its stand-ins.
    ///
    /// # Errors
    /// When the template is wrong or a port cannot be had.
    pub async fn start(template: &Path) -> Result<Self, WorldError> {
        let start = Start {
            template,
            data: aws::Data::Temporary,
            dynamodb: aws::DynamoDb::Embedded,
            issuer: "http://localhost:3000",
            mtls_domain: "localhost:3001",
            clock: Clock::default(),
            rng: Rng::default(),
        };
        let platform = Platform::start(start)?;
        seed::plant(&platform, Profile::Test).await?;
        let address = serve(&platform).await?;
        let mut environment = platform.environment().clone();
        environment.extend(
            [
                ("AWS_ENDPOINT_URL", format!("http://{address}")),
                ("AWS_ACCESS_KEY_ID", "local".to_owned()),
                ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        Ok(Self { platform, environment })
    }
}

async fn serve(platform: &Platform) -> io::Result<std::net::SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let stack = platform.stack.clone();
    tokio::spawn(async move { stack.serve(listener, std::future::pending()).await });
    Ok(address)
}
