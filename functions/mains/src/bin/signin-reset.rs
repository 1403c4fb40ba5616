//! The Lambda `signin-reset`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::signin::reset::FUNCTION)
}
