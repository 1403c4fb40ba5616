//! The Lambda `jobs-initial_access`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::jobs::initial_access::FUNCTION)
}
