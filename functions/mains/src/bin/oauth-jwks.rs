//! The Lambda `oauth-jwks`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::jwks::FUNCTION)
}
