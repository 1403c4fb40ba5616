//! Why a measurement could not be made.

use http::StatusCode;

/// Why a measurement could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// The machine refused.
    #[error("{what}: {source}")]
    System { what: String, source: std::io::Error },
    /// The connection broke.
    #[error("the connection broke")]
    Connection(#[from] hyper::Error),
    /// A request could not be built.
    #[error("a request could not be built")]
    Request(#[from] http::Error),
    /// The answer was not the one that is measured.
    #[error("`{what}` was answered by {status}: {body}")]
    Answer { what: String, status: StatusCode, body: String },
    /// The answer lacks something.
    #[error("the answer to `{0}` lacks what is needed: {1}")]
    Lacks(&'static str, String),
    /// The local host ended before it was ready.
    #[error("the local host is not ready")]
    NotReady,
    /// A binary did not answer.
    #[error("a binary: {0}")]
    Sandbox(#[from] runtime::SandboxError),
    /// There is nothing to run the binaries on.
    #[error("the binaries' deployment: {0}")]
    World(#[from] runtime::WorldError),
    /// Argon2 refused its parameters.
    #[error("Argon2: {0}")]
    Argon2(argon2::Error),
    /// A task ended early.
    #[error("a task ended early")]
    Task(#[from] tokio::task::JoinError),
}

impl BenchError {
    /// For `map_err`: what was tried.
    pub(crate) fn system(what: &str) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let what = what.to_owned();
        move |source| Self::System { what, source }
    }
}
