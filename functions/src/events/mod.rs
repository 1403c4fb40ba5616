//! What the stream of the outbox and the queues behind it start.

pub mod audit;
pub mod backchannel_logout;
pub mod backchannel_notification;
pub mod dispatch;
pub mod message;
