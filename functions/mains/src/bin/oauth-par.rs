//! The Lambda `oauth-par`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::par::FUNCTION)
}
