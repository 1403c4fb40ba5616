//! The Lambda `jobs-rotate_keys`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::jobs::rotate_keys::FUNCTION)
}
