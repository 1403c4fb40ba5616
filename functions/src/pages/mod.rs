//! What is not an identity endpoint: health, the API's description, the pages' assets.

pub mod health;
