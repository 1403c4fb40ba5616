//! The Lambda `events-message`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::events::message::FUNCTION)
}
