//! The platform in this process, seen from outside: one program for all of it, since each takes seconds to link.

mod account;
mod browsers;
mod calls;
mod ciba;
mod completeness;
mod device;
mod documents;
mod expiries;
mod faults;
mod groups;
mod https;
mod identifiers;
mod limits;
mod logout;
mod logout_pages;
mod outbox;
mod passwords;
mod races;
mod reads;
mod reuse;
mod seed;
mod sign_up;
mod signed;
mod signin;
mod signing_keys;
mod tokens;
