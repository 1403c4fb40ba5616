//! The Lambda `pages-openapi`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::pages::openapi::FUNCTION)
}
