//! The Lambda `account-sessions`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::account::sessions::FUNCTION)
}
