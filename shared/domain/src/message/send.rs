//! The wires: SES for mails, SNS for short messages.

use aws_sdk_sesv2::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use aws_sdk_sns::operation::publish::PublishError;
use aws_sdk_sns::types::MessageAttributeValue;

use super::{MessageError, Outcome};
use crate::app::App;

/// A mail ready to be sent.
pub(super) struct Mail {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

pub(super) async fn mail(app: &App, address: &str, mail: Mail) -> Result<Outcome, MessageError> {
    let body = Body::builder().text(utf8(mail.text)?).html(utf8(mail.html)?).build();
    let message = Message::builder().subject(utf8(mail.subject)?).body(body).build();
    let sent = app
        .aws
        .ses()
        .send_email()
        .from_email_address(&app.config.mail_from)
        .destination(Destination::builder().to_addresses(address).build())
        .content(EmailContent::builder().simple(message).build())
        .send()
        .await;
    match sent {
        Ok(_) => Ok(Outcome::Sent),
        Err(SdkError::ServiceError(failed)) if is_refused_mail(failed.err()) => {
            tracing::warn!(code = failed.err().code(), "SES refuses a mail for good");
            Ok(Outcome::Refused)
        }
        Err(error) => Err(MessageError::Unavailable(reason(&error))),
    }
}

fn utf8(text: String) -> Result<Content, MessageError> {
    let content = Content::builder().data(text).charset("UTF-8").build();
    content.map_err(|error| MessageError::Unavailable(error.to_string()))
}

/// Whether the recipient is at fault: the address is none. Everything else is to be mended here, such as a sender that is not verified or a
/// pause of the account: the mail comes again, and waits among the dead letters in the end.
fn is_refused_mail(error: &SendEmailError) -> bool {
    error.is_bad_request_exception()
}

/// Why something was not sent, without the recipient: what SES and SNS say may name the address.
fn reason<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    match error {
        SdkError::ServiceError(failed) => failed.err().code().unwrap_or("an unknown error").to_owned(),
        other => DisplayErrorContext(other).to_string(),
    }
}

pub(super) async fn sms(app: &App, number: &str, text: &str) -> Result<Outcome, MessageError> {
    let mut publish = app
        .aws
        .sns()
        .publish()
        .phone_number(number)
        .message(text)
        .message_attributes("AWS.SNS.SMS.SMSType", attribute("Transactional")?);
    if let Some(sender) = &app.config.sms_sender {
        publish = publish.message_attributes("AWS.SNS.SMS.SenderID", attribute(sender)?);
    }
    match publish.send().await {
        Ok(_) => Ok(Outcome::Sent),
        Err(SdkError::ServiceError(failed)) if is_refused_sms(failed.err()) => {
            tracing::warn!(code = failed.err().code(), "SNS refuses a short message for good");
            Ok(Outcome::Refused)
        }
        Err(error) => Err(MessageError::Unavailable(reason(&error))),
    }
}

fn attribute(text: &str) -> Result<MessageAttributeValue, MessageError> {
    let value = MessageAttributeValue::builder().data_type("String").string_value(text).build();
    value.map_err(|error| MessageError::Unavailable(error.to_string()))
}

fn is_refused_sms(error: &PublishError) -> bool {
    error.is_invalid_parameter_exception() || error.is_invalid_parameter_value_exception()
}
