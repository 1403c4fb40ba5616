//! The Lambda `signin-consent`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::signin::consent::FUNCTION)
}
