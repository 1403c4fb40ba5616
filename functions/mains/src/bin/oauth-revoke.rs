//! The Lambda `oauth-revoke`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::revoke::FUNCTION)
}
