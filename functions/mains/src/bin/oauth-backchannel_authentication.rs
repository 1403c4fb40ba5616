//! The Lambda `oauth-backchannel_authentication`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::backchannel_authentication::FUNCTION)
}
