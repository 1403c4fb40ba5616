//! The device authorization request and its answer (RFC 8628 §3.1, §3.2).

use http::{StatusCode, header};
use serde_json::json;

use super::{Shown, UserCode};
use crate::app::App;
use crate::app::function::Reply;
use crate::client::{Client, GrantType};
use crate::http::{Params, RequestContext, Response};
use crate::keys::{Handle, HandleKind, sealer};
use crate::limit::{self, Bucket};
use crate::oauth::authorization::check_access;
use crate::oauth::pending::{Asked, INTERVAL, Pending};
use crate::oauth::{OAuthError, scope};
use crate::secret::Secret;
use crate::settings;
use crate::store::{self, StoreError, Write};

/// What a device is given.
pub struct DeviceAuthorization {
    device_code: Secret<String>,
    user_code: UserCode,
    lifetime: u64,
}

/// Begins a device authorization of `client`.
///
/// # Errors
/// Why there is none.
pub async fn authorize(
    app: &App,
    client: &Client,
    params: &Params,
    context: &RequestContext,
) -> Result<DeviceAuthorization, OAuthError> {
    if !client.may_use(GrantType::DeviceCode) {
        return Err(OAuthError::UnauthorizedClient(GrantType::DeviceCode.name()));
    }
    limit::take(app, Bucket::DeviceAuthorization, &limit::of_address(context.address)).await?;
    let registry = scope::registry(app).await?;
    let access = check_access(&registry, client, params)?;
    let lifetime = settings::load(app).await?.oauth.device_lifetime;
    let handle = Handle::new(app, HandleKind::DeviceCode);
    let pending = Pending::new(app, &handle, Asked { client, access, lifetime }, context);
    let user_code = write(app, &pending).await?;
    let device_code = Secret::new(handle.expose().to_owned());
    Ok(DeviceAuthorization { device_code, user_code, lifetime: lifetime.as_secs() })
}

/// Writes the request under a code that leads to no other one.
async fn write(app: &App, pending: &Pending) -> Result<UserCode, OAuthError> {
    const TRIES: usize = 5;
    let sealer = sealer(app).await?;
    for _ in 0..TRIES {
        let code = UserCode::new(&app.rng);
        let shown =
            Shown { mac: code.mac(&sealer), pending: pending.hash.clone(), expires_at: pending.expires_at };
        let writes = vec![Write::create_or_expired(&shown, app.clock.now()), Write::create(pending)];
        match store::transact(app, writes).await {
            Ok(()) => return Ok(code),
            Err(StoreError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Busy.into())
}

impl DeviceAuthorization {
    /// As JSON, for nobody to keep.
    ///
    /// # Errors
    /// A fault of ours, when it cannot be written.
    pub fn respond(&self, app: &App) -> Reply {
        let place = app.config.url("/device");
        let code = self.user_code.to_string();
        let body = json!({
            "device_code": self.device_code.expose(),
            "user_code": code,
            "verification_uri": place,
            "verification_uri_complete": format!("{place}?user_code={code}"),
            "expires_in": self.lifetime,
            "interval": INTERVAL,
        });
        let response = Response::json(StatusCode::OK, &body)?;
        Ok(response.header(header::CACHE_CONTROL, "no-store").header(header::PRAGMA, "no-cache"))
    }
}
