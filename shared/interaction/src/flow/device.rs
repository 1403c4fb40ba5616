//! Where a customer types the code of a device (RFC 8628 §3.3): a right one begins a sign-in, in which the customer says yes or no.
//! Codes are short, so tries are few: for each address, and for each browser.

use super::begin::begin;
use super::rejection::Rejection;
use super::show::Face;
use super::transaction::{DeviceRequest, Purpose};
use super::visit::Loose;
use crate::app::App;
use crate::app::function::Reply;
use crate::http::Request;
use crate::limit::{self, Bucket, LimitError};
use crate::oauth::device::{self, UserCode};
use crate::page::{DeviceCode, Fault, FieldError, Page};

/// The step's name, for who asks for JSON.
const STEP: &str = "device_code";
/// The longest text that is shown again.
const LONGEST: usize = 64;

/// Shows where the code is typed; one that came with the device's link is there already.
///
/// # Errors
/// When the request is malformed, or a key cannot be had.
pub async fn look_device(app: &App, request: &Request) -> Reply {
    let loose = Loose::looked(app, request).await?;
    show(app, &loose, None).await
}

/// Takes a code that was typed.
///
/// # Errors
/// When the request is malformed or forged, or the store does not answer.
pub async fn enter_device(app: &App, request: &Request) -> Reply {
    let loose = Loose::posted(app, request).await?;
    match count(app, &loose).await {
        Ok(()) => {}
        Err(LimitError::Exceeded { seconds }) => {
            return show(app, &loose, Some(Rejection::too_many(seconds))).await;
        }
        Err(error) => return Err(error.into()),
    }
    let code = UserCode::parse(loose.typed("user_code"));
    let found = match &code {
        Some(code) => device::find(app, code).await?,
        None => None,
    };
    match (code, found) {
        (Some(code), Some(pending)) => {
            let asked = DeviceRequest { pending, code: code.to_string() };
            begin(app, request, Purpose::Device(Box::new(asked))).await
        }
        (_, None) | (None, _) => {
            let wrong = Rejection::typed(vec![FieldError::on("user_code", Fault::UserCodeWrong)]);
            show(app, &loose, Some(wrong)).await
        }
    }
}

async fn count(app: &App, loose: &Loose<'_>) -> Result<(), LimitError> {
    limit::take(app, Bucket::UserCode, &limit::of_address(loose.context.address)).await?;
    limit::take(app, Bucket::UserCodeBrowser, &loose.browser.hash()).await
}

async fn show(app: &App, loose: &Loose<'_>, wrong: Option<Rejection>) -> Reply {
    let frame = loose.frame(app, wrong.as_ref()).await?;
    let user_code = loose.typed("user_code").chars().take(LONGEST).collect();
    let page = Page::DeviceCode(DeviceCode { frame: frame.clone(), user_code });
    let face = Face { step: STEP, page, frame: &frame, locale: loose.locale(), wrong };
    Ok(loose.browser.remember(app, face.response(app, &loose.context)?))
}
