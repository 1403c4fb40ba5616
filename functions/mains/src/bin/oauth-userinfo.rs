//! The Lambda `oauth-userinfo`.
fn main() -> std::process::ExitCode {
    shared::app::lambda::main(functions::oauth::userinfo::FUNCTION)
}
