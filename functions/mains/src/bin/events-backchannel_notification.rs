//! The Lambda `events-backchannel_notification`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::events::backchannel_notification::FUNCTION)
}
