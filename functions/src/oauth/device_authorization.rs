//! `POST /oauth2/device_authorization`: a device asks for a code to show (RFC 8628 §3.1).

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::http::Request;
use shared::{client, oauth};

/// The Lambda `oauth-device_authorization`.
pub const FUNCTION: Function =
    Function::oauth("oauth-device_authorization", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    let form = request.form()?;
    let client = client::authenticate(app, &request, &form).await?;
    oauth::device::authorize(app, &client, &form, &request.context()).await?.respond(app)
}
