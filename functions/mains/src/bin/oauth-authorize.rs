//! The Lambda `oauth-authorize`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::authorize::FUNCTION)
}
