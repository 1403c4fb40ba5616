//! The Lambda `oauth-discovery`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::discovery::FUNCTION)
}
