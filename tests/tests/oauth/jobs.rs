//! What an operator starts by hand: the right to register, and a client's next secret.

use http::StatusCode;
use local::seed::{SERVICE_ID, SERVICE_SECRET};
use serde_json::{Value, json};
use shared::settings::{self, RegistrationMode};

use crate::registration::{Register, metadata};
use crate::world::World;

const FORM: [(&str, &str); 1] = [("grant_type", "client_credentials")];

impl World {
    async fn invoke(&self, job: &str, order: Value) -> Result<Value, String> {
        self.platform.invoke(job, order).await.map_err(|error| error.to_string())
    }

    /// Whether the service is known by this secret.
    async fn knows(&self, secret: &str) -> bool {
        self.post("/oauth2/token", Some((SERVICE_ID, secret)), &FORM).await.status == StatusCode::OK
    }
}

#[tokio::test]
async fn an_operator_gives_out_the_right_to_register() {
    let world = World::new().await;
    let mut settings = settings::load(world.app()).await.unwrap().as_ref().clone();
    settings.registration.mode = RegistrationMode::InitialToken;
    settings.registration.clients_per_token = 2;
    settings::save(world.app(), &settings).await.unwrap();
    let given = world.invoke("jobs-initial_access", json!({ "uses": 2, "lifetime": 60 })).await.unwrap();
    assert_eq!((&given["uses"], &given["expires_at"]), (&json!(2), &json!("2027-01-15T08:01:00Z")));
    let token = given["initial_access_token"].as_str();
    for status in [StatusCode::CREATED, StatusCode::CREATED, StatusCode::UNAUTHORIZED] {
        assert_eq!(world.register(&metadata(), token).await.status, status);
    }
    for wrong in [json!({ "uses": 0 }), json!({ "uses": 3 }), json!({ "lifetime": 0 }), json!({ "use": 1 })] {
        assert!(world.invoke("jobs-initial_access", wrong.clone()).await.is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn an_operator_rotates_a_secret_without_a_pause() {
    let world = World::new().await;
    let order = |action: &str| json!({ "client_id": SERVICE_ID, "action": action });
    let before = world.invoke("jobs-rotate_secret", order("list")).await.unwrap();
    let first = before["secrets"][0]["id"].clone();
    let added = world.invoke("jobs-rotate_secret", order("add")).await.unwrap();
    let fresh = added["client_secret"].as_str().unwrap();
    assert!(world.knows(SERVICE_SECRET).await && world.knows(fresh).await);
    assert!(world.invoke("jobs-rotate_secret", order("add")).await.unwrap_err().contains("two secrets"));
    let mut retire = order("retire");
    retire["secret"] = first;
    let left = world.invoke("jobs-rotate_secret", retire.clone()).await.unwrap();
    assert_eq!(left["secrets"].as_array().unwrap().len(), 1);
    assert!(!world.knows(SERVICE_SECRET).await && world.knows(fresh).await);
    assert!(world.invoke("jobs-rotate_secret", retire).await.is_err());
}

#[tokio::test]
async fn an_operator_is_told_what_cannot_be() {
    let world = World::new().await;
    for wrong in [
        json!({ "client_id": "nobody", "action": "add" }),
        json!({ "client_id": "demo-shop", "action": "add" }),
        json!({ "client_id": SERVICE_ID, "action": "burn" }),
        json!({ "action": "list" }),
    ] {
        assert!(world.invoke("jobs-rotate_secret", wrong.clone()).await.is_err(), "{wrong}");
    }
}
