//! The Lambda `oauth-device`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::device::FUNCTION)
}
