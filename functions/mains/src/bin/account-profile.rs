//! The Lambda `account-profile`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::account::profile::FUNCTION)
}
