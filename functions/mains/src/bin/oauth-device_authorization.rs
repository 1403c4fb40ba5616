//! The Lambda `oauth-device_authorization`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::device_authorization::FUNCTION)
}
