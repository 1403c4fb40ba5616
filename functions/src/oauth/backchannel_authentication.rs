//! `POST /oauth2/bc-authorize`: a client has its customer asked on a device of their own (OpenID CIBA Core 1.0 §7).

use shared::app::function::Reply;
use shared::app::{App, Function};
use shared::http::Request;
use shared::{client, oauth};

/// The Lambda `oauth-backchannel_authentication`.
pub const FUNCTION: Function =
    Function::oauth("oauth-backchannel_authentication", |app, request| Box::pin(handle(app, request)));

async fn handle(app: &App, request: Request) -> Reply {
    let form = request.form()?;
    let client = client::authenticate(app, &request, &form).await?;
    oauth::ciba::authorize(app, &client, &form, &request.context()).await?.respond()
}
