//! The Lambda `account-password`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::account::password::FUNCTION)
}
