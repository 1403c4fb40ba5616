//! What the fetch room promises: nobody is reached but whom anybody may reach, and nothing comes back but what was agreed.

mod addresses;
mod answers;
mod targets;
