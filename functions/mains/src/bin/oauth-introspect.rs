//! The Lambda `oauth-introspect`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::introspect::FUNCTION)
}
