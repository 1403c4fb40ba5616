//! The Lambda `signin-recover`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::signin::recover::FUNCTION)
}
