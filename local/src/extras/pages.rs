//! The pages of this machine, rendered from local/pages.

use bytes::Bytes;
use http::StatusCode;
use minijinja::{Environment, Value, context};

use super::reply;
use crate::platform::Platform;
use crate::seed;

pub(super) const LOCAL_CSS: &str = include_str!("../../pages/local.css");

pub(super) struct Pages(Environment<'static>);

impl Default for Pages {
    fn default() -> Self {
        let mut environment = Environment::new();
        for (name, source) in [
            ("layout.html", include_str!("../../pages/layout.html")),
            ("home.html", include_str!("../../pages/home.html")),
            ("inbox.html", include_str!("../../pages/inbox.html")),
            ("demo.html", include_str!("../../pages/demo.html")),
        ] {
            if let Err(error) = environment.add_template(name, source) {
                tracing::error!(name, %error, "a page of this machine is broken");
            }
        }
        for (name, file) in [("stylesheet", "latchkey.css"), ("icon", "icon.svg")] {
            environment.add_global(name, shared::page::asset_path(file).unwrap_or_default());
        }
        Self(environment)
    }
}

impl Pages {
    pub(super) fn render(&self, name: &str, context: Value) -> http::Response<Bytes> {
        match self.0.get_template(name).and_then(|template| template.render(context)) {
            Ok(html) => reply(StatusCode::OK, "text/html; charset=utf-8", html),
            Err(error) => {
                reply(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", format!("{error:#}\n"))
            }
        }
    }

    pub(super) fn home(&self, platform: &Platform) -> http::Response<Bytes> {
        self.render(
            "home.html",
            context! {
                issuer => platform.app.config.issuer.as_str(),
                password => seed::PASSWORD,
                service_id => seed::SERVICE_ID,
                service_secret => seed::SERVICE_SECRET,
            },
        )
    }
}
