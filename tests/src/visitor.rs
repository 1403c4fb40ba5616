//! A person with a browser that knows cookies, redirects and forms.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request, header};

use crate::{Form, PASSWORD, View, World};

const MOST_REDIRECTS: usize = 10;
const MOST_STEPS: usize = 10;

/// A visitor.
pub struct Visitor<'w> {
    world: &'w World,
    /// The cookies of the browser.
    pub cookies: BTreeMap<String, String>,
    /// Further headers of every request.
    pub headers: Vec<(String, String)>,
}

impl<'w> Visitor<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        Self { world, cookies: BTreeMap::new(), headers: vec![("accept".into(), "text/html".into())] }
    }

    /// Opens a page, following redirects within the platform.
    pub async fn get(&mut self, path: &str) -> View {
        let request = self.request(Method::GET, path, &[]);
        self.follow(request).await
    }

    /// Sends a form, following redirects within the platform.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> View {
        let request = self.request(Method::POST, path, fields);
        self.follow(request).await
    }

    /// Fills in the form `id` of `view` and sends it; `values` go over the form's own.
    pub async fn submit(&mut self, view: &View, id: &str, values: &[(&str, &str)]) -> View {
        let request = self.request_of(view, id, values);
        self.follow(request).await
    }

    /// The request that sends a form of a page, not sent yet: for races.
    pub fn request_of(&self, view: &View, id: &str, values: &[(&str, &str)]) -> Request<Bytes> {
        let Form { action, mut fields, .. } = view
            .form(id)
            .unwrap_or_else(|| panic!("no form `{id}` at {} ({}): {}", view.path, view.status, view.body));
        fields.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.request(Method::POST, &action, &fields)
    }

    /// A request with the browser's cookies, not sent yet.
    pub fn request(&self, method: Method, path: &str, fields: &[(&str, &str)]) -> Request<Bytes> {
        let mut request = Request::builder().uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<_> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if method == Method::POST {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body =
            if method == Method::POST { serde_urlencoded::to_string(fields).unwrap() } else { String::new() };
        request.method(method).body(Bytes::from(body)).unwrap()
    }

    /// Sends a request, keeps the cookies, and follows redirects until one leads out of the platform.
    pub async fn follow(&mut self, mut request: Request<Bytes>) -> View {
        for _ in 0..MOST_REDIRECTS {
            let path = request.uri().to_string();
            let view = View::of(&path, self.world.send(request).await);
            self.keep_cookies(&view);
            let Some(location) = view.location() else { return view };
            let location = location.strip_prefix(self.world.issuer()).unwrap_or(location).to_owned();
            if !location.starts_with('/') {
                return view;
            }
            request = self.request(Method::GET, &location, &[]);
        }
        panic!("too many redirects, the last to {}", request.uri());
    }

    fn keep_cookies(&mut self, view: &View) {
        for line in view.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Answers every step of a sign-in until it leads out of it, and returns the last answer.
    pub async fn complete(&mut self, mut view: View, email: &str) -> View {
        for _ in 0..MOST_STEPS {
            view = if view.form("identify").is_some() {
                self.submit(&view, "identify", &[("identifier", email)]).await
            } else if view.form("sign-in").is_some() {
                self.submit(&view, "sign-in", &[("password", PASSWORD)]).await
            } else if view.form("verify").is_some() {
                let code = self.world.code_for(email).await;
                self.submit(&view, "verify", &[("code", &code)]).await
            } else if view.form("consent").is_some() {
                self.submit(&view, "consent", &[("decision", "allow")]).await
            } else {
                return view;
            };
            assert!(view.status.as_u16() < 400, "{} answered {}: {}", view.path, view.status, view.body);
        }
        panic!("the sign-in did not end; it stands at {}", view.path);
    }

    /// Signs in at the account centre.
    pub async fn sign_in(&mut self, email: &str) {
        let start = self.get("/account").await;
        let view = self.complete(start, email).await;
        assert!(view.form("profile").is_some(), "{email} signs in: {} {}", view.path, view.body);
    }

    /// Whether this browser is signed in.
    pub async fn is_signed_in(&mut self) -> bool {
        self.get("/account").await.form("profile").is_some()
    }

    /// Begins a sign-up; the answer asks for the code.
    pub async fn begin_sign_up(&mut self, email: &str) -> View {
        let form = self.sign_up_page().await;
        self.submit(&form, "sign-up", &[("email", email), ("password", PASSWORD)]).await
    }

    /// The sign-up page of a fresh transaction.
    pub async fn sign_up_page(&mut self) -> View {
        let start = self.get("/account").await;
        let (_, link) = start.body.split_once("href=\"/signup").expect("the page offers to sign up");
        let link = format!("/signup{}", link.split('"').next().unwrap().replace("&amp;", "&"));
        self.get(&link).await
    }

    /// Asks for a recovery link, and returns it as it was mailed.
    pub async fn recovery_link(&mut self, email: &str) -> String {
        let page = self.get("/recover").await;
        let answer = self.submit(&page, "recover", &[("identifier", email)]).await;
        assert!(answer.status.is_success(), "{}: {}", answer.status, answer.body);
        self.world.recovery_link_for(email).await
    }
}
