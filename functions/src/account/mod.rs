//! The signed-in customer's own account: pages under /account, and the API under /v1/account for tokens of the scope `account`.

pub mod grants;
pub mod password;
pub mod profile;
pub mod sessions;
