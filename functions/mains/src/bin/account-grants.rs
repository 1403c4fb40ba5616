//! The Lambda `account-grants`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::account::grants::FUNCTION)
}
