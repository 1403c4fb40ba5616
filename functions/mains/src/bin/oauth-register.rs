//! The Lambda `oauth-register`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::register::FUNCTION)
}
