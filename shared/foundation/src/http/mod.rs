//! HTTP: requests and their parameters, responses, problems, cookies, and the checks that every surface shares. Used by functions.

mod certificate;
mod cookies;
mod cross_site_post;
mod document;
#[cfg(any(test, feature = "testing"))]
pub mod fuzz;
mod list_headers;
mod origin;
mod params;
mod problem;
mod proxy;
mod request;
mod response;
mod typed;

pub use certificate::{Chain, ClientCertificate};
pub use cookies::{Cookies, SetCookie};
pub use cross_site_post::repeat_with_get;
pub use document::{Document, has_entity_tag};
pub use list_headers::join_lines;
pub use origin::{
    allow_answer_to, allow_any_origin, allow_origin, check_same_origin, preflight, preflight_of_any, publish,
};
pub use params::Params;
pub use problem::{Problem, Surface};
pub use request::{Request, RequestContext, basic_credentials};
pub use response::{ContentSecurity, Response};
pub use typed::fold_digits;
