//! The Lambda `oauth-challenge`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::challenge::FUNCTION)
}
