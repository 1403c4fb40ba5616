//! The Lambda `oauth-approve`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::approve::FUNCTION)
}
