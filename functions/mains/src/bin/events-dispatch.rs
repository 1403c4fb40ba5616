//! The Lambda `events-dispatch`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::events::dispatch::FUNCTION)
}
