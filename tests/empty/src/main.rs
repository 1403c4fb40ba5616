//! The empty Lambda: what every cold start is compared with.

use lambda_http::{Body, Error, Request, Response, run, service_fn};

async fn answer(_request: Request) -> Result<Response<Body>, Error> {
    Ok(Response::new(Body::from("ok")))
}

fn main() -> Result<(), Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(service_fn(answer)))
}
