//! The Lambda `oauth-token`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::token::FUNCTION)
}
