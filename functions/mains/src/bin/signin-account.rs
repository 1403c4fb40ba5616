//! The Lambda `signin-account`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::signin::account::FUNCTION)
}
