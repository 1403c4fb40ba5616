//! The Lambda `events-backchannel_logout`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::events::backchannel_logout::FUNCTION)
}
