//! The Lambda `signin-page`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::signin::page::FUNCTION)
}
