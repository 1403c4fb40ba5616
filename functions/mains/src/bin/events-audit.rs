//! The Lambda `events-audit`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::events::audit::FUNCTION)
}
