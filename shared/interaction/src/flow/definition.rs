//! Flows as data: an ordered list of steps with conditions. The default flows ship as files and are seeded into `config`.

use serde::{Deserialize, Serialize};

use crate::identity::IdentifierKind;
use crate::page;
use crate::store::{Entity, Key, Table};

/// What a flow is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowKind {
    /// Making an account, then going on as a sign-in.
    SignUp,
    /// Proving who one is to a client.
    SignIn,
    /// Getting back into an account without its password.
    Recovery,
}

impl FlowKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::SignUp, Self::SignIn, Self::Recovery];

    /// Its stable name, which its default flow bears as well.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::SignIn => "sign_in",
            Self::Recovery => "recovery",
        }
    }
}

/// A flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Its name.
    pub name: String,
    /// Its version, one more with each change.
    pub version: u32,
    /// What it is for.
    pub kind: FlowKind,
    /// Its steps, in their order.
    pub steps: Vec<FlowStep>,
}

/// A step, and when it is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowStep {
    /// What is done.
    #[serde(flatten)]
    pub task: Task,
    /// Taken only where all of these hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<When>,
}

/// What a step can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Task {
    /// The customer chooses among the accounts signed in on the browser.
    SelectAccount {
        /// When to ask.
        ask: AskAccount,
    },
    /// The customer says who they are.
    Identify {
        /// By which kinds of identifiers.
        kinds: Vec<IdentifierKind>,
    },
    /// The customer proves it.
    Authenticate {
        /// By one of these.
        methods: Vec<Method>,
    },
    /// The customer makes an account.
    SignUp {
        /// Whether to ask for the given and the family name.
        name: Ask,
        /// Whether to ask for a phone number.
        phone: Ask,
    },
    /// The customer proves identifiers by codes sent to them.
    VerifyIdentifiers {
        /// Of these kinds.
        kinds: Vec<IdentifierKind>,
        /// How many of them.
        need: Need,
    },
    /// The customer allows the client what it asks for.
    Consent,
    /// The customer says which account to recover.
    Recover {
        /// By which kinds of identifiers.
        kinds: Vec<IdentifierKind>,
    },
    /// The customer follows the link that was sent.
    FollowLink,
    /// The customer sets a new password.
    SetPassword,
}

/// When the customer is asked which account to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskAccount {
    /// When the client asks for it (`prompt=select_account`).
    Requested,
    /// Also whenever several accounts are signed in and the client names none.
    Several,
}

/// A way to prove who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By password.
    Password,
}

/// Whether something is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// It is not.
    No,
    /// It may be left out.
    Optional,
    /// It must be given.
    Required,
}

impl From<Ask> for page::Ask {
    fn from(ask: Ask) -> Self {
        match ask {
            Ask::No => Self::No,
            Ask::Optional => Self::Optional,
            Ask::Required => Self::Required,
        }
    }
}

/// How many identifiers must be proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// One is enough: the customer can be reached.
    One,
    /// All that the account has.
    All,
}

/// A condition of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The client is, or is not, one of the deployment's own.
    FirstParty(bool),
    /// The client is one of these.
    ClientIn(Vec<String>),
    /// The client asks for one of these scopes.
    ScopeIn(Vec<String>),
}

impl Entity for Flow {
    const TYPE: &'static str = "flow";
    const TABLE: Table = Table::Config;

    fn key(&self) -> Key {
        Key::new(format!("flow#{}", self.name), version_key(self.version))
    }
}

/// Padded, so that versions sort.
fn version_key(version: u32) -> String {
    format!("v{version:08}")
}
