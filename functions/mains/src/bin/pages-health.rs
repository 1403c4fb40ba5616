//! The Lambda `pages-health`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::pages::health::FUNCTION)
}
