//! The Lambda `signin-identify`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::signin::identify::FUNCTION)
}
