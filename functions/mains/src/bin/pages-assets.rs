//! The Lambda `pages-assets`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::pages::assets::FUNCTION)
}
