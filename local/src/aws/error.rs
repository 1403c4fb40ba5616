//! What can go wrong with the stand-ins themselves, apart from the refusals that callers see.
use std::net::SocketAddr;
use std::path::PathBuf;

/// A failure to open, keep or serve the stand-ins.
#[derive(Debug, thiserror::Error)]
pub enum AwsError {
    /// A file or folder of the data could not be used.
    #[error("cannot use `{path}`")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of the data does not hold what it should.
    #[error("`{path}` is damaged")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// The embedded DynamoDB refused or failed.
    #[error("the embedded DynamoDB failed")]
    DynamoDb(#[from] dynoxide::DynoxideError),
    /// SQLite refused or failed.
    #[error("the database file failed")]
    Sqlite(#[from] rusqlite::Error),
    /// A request or an answer could not be read or written as JSON.
    #[error("this is not the JSON that was expected")]
    Json(#[from] serde_json::Error),
    /// A service refused what the host asked of it.
    #[error("{code}: {message}")]
    Refused {
        /// The service's error code.
        code: String,
        /// Its message.
        message: String,
    },
    /// The cryptography provider failed.
    #[error("a cryptographic operation failed")]
    Cryptography,
    /// The stand-ins hold secrets and check no signatures: they answer on loopback only.
    #[error("`{0}` is not a loopback address")]
    NotLoopback(SocketAddr),
    /// The loopback endpoint could not accept connections.
    #[error("the loopback endpoint failed")]
    Endpoint(#[source] std::io::Error),
    /// No such stream, or no such sequence number in it.
    #[error("`{0}` names no stream record")]
    NoSuchRecord(String),
}

impl From<aws_lc_rs::error::Unspecified> for AwsError {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self::Cryptography
    }
}

impl AwsError {
    /// Names the file that an I/O error is about.
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
