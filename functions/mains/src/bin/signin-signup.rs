//! The Lambda `signin-signup`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::signin::signup::FUNCTION)
}
