//! The Lambda `jobs-seed`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::jobs::seed::FUNCTION)
}
