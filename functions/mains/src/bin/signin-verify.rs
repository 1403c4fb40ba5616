//! The Lambda `signin-verify`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::signin::verify::FUNCTION)
}
