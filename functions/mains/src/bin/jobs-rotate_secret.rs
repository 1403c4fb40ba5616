//! The Lambda `jobs-rotate_secret`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::jobs::rotate_secret::FUNCTION)
}
