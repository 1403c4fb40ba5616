//! Starts everything, says where to go, and runs until it is told to stop.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use shared::clock::Clock;
use shared::http::Chain;
use shared::rng::Rng;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;

use crate::aws;
use crate::extras::Extras;
use crate::gateway;
use crate::mtls::{self, MtlsError, MutualTls};
use crate::options::{Data, Options};
use crate::platform::{Platform, PlatformError, Start};
use crate::seed;

/// Why the host does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A port is taken.
    #[error("port {port} can not be had ({source}); choose another with {option}")]
    Port {
        /// Which.
        port: u16,
        /// What chooses it.
        option: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// The platform did not start.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// The demo was not planted.
    #[error("the demo could not be planted: {0}")]
    Plant(#[from] seed::PlantError),
    /// Mutual TLS did not start.
    #[error(transparent)]
    Mtls(#[from] MtlsError),
    /// A file of certificates was not read or written.
    #[error("`{}`: {source}", .file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The stand-ins stopped.
    #[error(transparent)]
    Aws(#[from] aws::AwsError),
    /// The network failed.
    #[error(transparent)]
    Network(#[from] std::io::Error),
}

/// Serves until the process is told to stop.
///
/// # Errors
/// When a port is taken or the data cannot be opened.
pub async fn serve(options: Options) -> Result<(), ServeError> {
    let listener = listen(options.port, "`--port` or PORT").await?;
    let mtls_listener = listen(options.mtls_port, "`--mtls-port` or MTLS_PORT").await?;
    let aws_listener = listen(options.aws_port, "`--aws-port` or AWS_PORT").await?;
    let port = listener.local_addr()?.port();
    let aws_port = aws_listener.local_addr()?.port();
    let issuer = options.issuer(port);
    let mtls_domain = format!("localhost:{}", mtls_listener.local_addr()?.port());
    let data = match &options.data {
        Data::Memory => aws::Data::Temporary,
        Data::Folder(folder) => aws::Data::Folder(folder.clone()),
    };
    let start = Start {
        template: &options.template,
        data,
        dynamodb: options.dynamodb.clone(),
        issuer: &issuer,
        mtls_domain: &mtls_domain,
        clock: Clock::default(),
        rng: Rng::default(),
    };
    let mut platform = Platform::start(start)?;
    if options.stand_ins {
        platform.leave_events();
    } else {
        seed::plant(&platform, options.profile).await?;
    }
    let platform = Arc::new(platform);
    let anchors = options.mtls_ca.as_deref().map(read).transpose()?;
    let chain = if anchors.is_some() { Chain::Unchecked } else { Chain::Checked };
    if !options.stand_ins {
        seed::trust(&platform.app, anchors.as_deref().unwrap_or_default()).await?;
    }
    let tls = Arc::new(MutualTls::new(platform.app.clock.now(), chain)?);
    let (authority, _temporary) = write(&options.data, tls.authority())?;
    let background = tokio::spawn(Arc::clone(&platform).run());
    let console = tokio::spawn(show_messages(Arc::clone(&platform)));
    let shared = gateway::Shared {
        platform: Arc::clone(&platform),
        extras: Extras::new(tls.authority()).plantable(options.stand_ins),
    };
    let shared = Arc::new(shared);
    let gateway = tokio::spawn(gateway::serve(Arc::clone(&shared), listener));
    let mtls = tokio::spawn(mtls::serve(shared, tls, mtls_listener));
    let stack = platform.stack.clone();
    let stand_ins = tokio::spawn(async move { stack.serve(aws_listener, std::future::pending()).await });
    announce(
        &options,
        &issuer,
        &[
            ("Mutual TLS", format!("https://{mtls_domain} (curl --cacert {})", authority.display())),
            ("AWS stand-ins", format!("AWS_ENDPOINT_URL=http://127.0.0.1:{aws_port}")),
        ],
    );
    tokio::select! {
        ended = gateway => ended.map_err(std::io::Error::other)??,
        ended = mtls => ended.map_err(std::io::Error::other)??,
        ended = stand_ins => ended.map_err(std::io::Error::other)??,
        () = told_to_stop() => {}
    }
    background.abort();
    console.abort();
    // What was accepted is delivered before the end.
    platform.drain().await?;
    Ok(())
}

async fn listen(port: u16, option: &'static str) -> Result<TcpListener, ServeError> {
    let taken = |source| ServeError::Port { port, option, source };
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(taken)
}

fn read(file: &Path) -> Result<String, ServeError> {
    std::fs::read_to_string(file).map_err(|source| ServeError::File { file: file.to_owned(), source })
}

/// Writes the certificate of the authority where it can be found, and says where; a temporary file goes with the second value.
fn write(data: &Data, authority: &str) -> Result<(PathBuf, Option<NamedTempFile>), ServeError> {
    let (file, temporary) = match data {
        Data::Folder(folder) => (folder.join("mtls.pem"), None),
        Data::Memory => {
            let temporary = tempfile::Builder::new().prefix("latchkey-mtls-").suffix(".pem").tempfile()?;
            (temporary.path().to_owned(), Some(temporary))
        }
    };
    std::fs::write(&file, authority).map_err(|source| ServeError::File { file: file.clone(), source })?;
    Ok((file, temporary))
}

/// A console line for each message that would have been sent.
async fn show_messages(platform: Arc<Platform>) {
    let mut arrived = platform.stack.inbox().arrived();
    while arrived.changed().await.is_ok() {
        if let Some(message) = platform.stack.inbox().all().first() {
            let subject = if message.subject.is_empty() { &message.text } else { &message.subject };
            tracing::info!(to = message.to.join(", "), subject, "message sent");
        }
    }
}

async fn told_to_stop() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

fn announce(options: &Options, issuer: &str, others: &[(&str, String)]) {
    let others: String = others.iter().map(|(name, value)| format!("  {name:<18} {value}\n")).collect();
    let password = seed::PASSWORD;
    let data = match &options.data {
        Data::Memory => "in memory, gone when this ends".to_owned(),
        Data::Folder(folder) => format!("in {}, kept between runs", folder.display()),
    };
    println!(
        "
Latchkey is up on {issuer}

  Demo application   {issuer}/_local/demo
  Sign-in page       {issuer}/signin
  Account page       {issuer}/account
  Inbox              {issuer}/_local/inbox
  Discovery          {issuer}/.well-known/openid-configuration

  Customer           ada@example.com    {password}
  Administrator      root@example.com   {password}

{others}  Data               {data}

Stop with Ctrl+C.
"
    );
    println!("ready pid={}", std::process::id());
}
