//! `latchkey-local`: the whole platform on this machine, in one process.

use std::process::ExitCode;

use local::options::{Command, Options};

fn main() -> ExitCode {
    let environment: Vec<(String, String)> = std::env::vars().collect();
    let command = Options::parse(std::env::args().skip(1), &environment);
    let options = match command {
        Ok(Command::Serve(options)) => options,
        Ok(Command::Help) => {
            println!("{}", local::options::HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => return fail(&error),
    };
    tracing_subscriber::fmt().with_max_level(options.log_level()).with_target(false).compact().init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    match runtime.block_on(local::serve(options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("latchkey-local: {error}");
    ExitCode::FAILURE
}
