//! What is not an identity endpoint: health, the API's description, the pages' assets.

pub mod assets;
pub mod health;
pub mod openapi;
