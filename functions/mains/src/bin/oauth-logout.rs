//! The Lambda `oauth-logout`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::logout::FUNCTION)
}
