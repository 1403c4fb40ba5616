//! The platform in this process, seen from outside: one program for all of it, since each takes seconds to link.

mod account;
mod calls;
mod completeness;
mod device;
mod expiries;
mod faults;
mod groups;
mod https;
mod logout;
mod races;
mod reuse;
