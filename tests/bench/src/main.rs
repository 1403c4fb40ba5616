//! `bench [--lambdas DIR] [--host FILE] [NAME]`: measures the release build of the local host, endpoint by endpoint, and the cold
//! starts of the binaries in DIR. With NAME, only the endpoints whose names contain it. The tables are Markdown.

mod browser;
mod clients;
mod connection;
mod endpoints;
mod error;
mod form;
mod hashing;
mod host;
mod load;
mod prover;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use error::BenchError;
use host::Host;
use runtime::World;
use runtime::cold::{self, Binaries};

/// How often each binary is started.
const ROUNDS: usize = 9;

struct Options {
    host: PathBuf,
    lambdas: Option<PathBuf>,
    wanted: String,
}

fn main() -> ExitCode {
    let options = match options() {
        Some(options) => options,
        None => {
            eprintln!("bench [--lambdas DIR] [--host FILE] [NAME]");
            return ExitCode::FAILURE;
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(BenchError::system("start")).and_then(|runtime| runtime.block_on(measure(&options)))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The local host lies beside this binary, unless an argument says otherwise.
fn options() -> Option<Options> {
    let host = std::env::current_exe().ok()?.with_file_name("local");
    let mut options = Options { host, lambdas: None, wanted: String::new() };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--host" => options.host = arguments.next()?.into(),
            "--lambdas" => options.lambdas = Some(arguments.next()?.into()),
            name if !name.starts_with('-') => options.wanted = argument,
            _ => return None,
        }
    }
    Some(options)
}

async fn measure(options: &Options) -> Result<(), BenchError> {
    let host = Host::start(&options.host).await?;
    let rows = endpoints::measure(&host, &options.wanted).await?;
    drop(host);
    table::print(&rows);
    match &options.lambdas {
        Some(folder) => measure_binaries(folder, &options.wanted).await,
        None => Ok(()),
    }
}

async fn measure_binaries(folder: &Path, wanted: &str) -> Result<(), BenchError> {
    let world = World::start(Path::new("template.yaml")).await?;
    let binaries = Binaries { folder: folder.to_owned(), environment: &world.environment, rounds: ROUNDS };
    println!("\n{}", cold::TABLE_HEAD);
    for function in functions::ALL.iter().filter(|function| function.name.contains(wanted)) {
        let event = cold::sample(Path::new("events"), function.name)?;
        println!("{}", binaries.measure(function.name, &event).await?);
    }
    Ok(())
}
