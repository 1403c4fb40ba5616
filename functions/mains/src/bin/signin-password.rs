//! The Lambda `signin-password`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::signin::password::FUNCTION)
}
