# What can be wrong, and what was done. The ids are part of the interface: they also appear in JSON answers.

identifier-required = Enter your e-mail address, phone number or user name.
identifier-invalid = Enter an e-mail address, a phone number with its country code, or a user name.
identifier-taken = This belongs to another account.
email-required = Enter your e-mail address.
email-invalid = Enter an e-mail address such as name@example.com.
phone-required = Enter your phone number.
phone-invalid = Enter a phone number with its country code, such as +44 20 7946 0000.
value-required = Fill in this field.
value-too-long = Enter at most { $maximum ->
    [one] one character
   *[other] { $maximum } characters
}.
value-invalid = This field does not take this value.
birthdate-invalid = Enter a date of birth as year, month and day, such as 1990-12-31.
zoneinfo-invalid = Enter a time zone such as Europe/London.
locale-invalid = Choose one of the languages.
credentials-wrong = The e-mail address, phone number or user name and the password do not match.
account-disabled = This account cannot sign in at the moment.
    .title = Account not available
too-many-attempts = Too many attempts. Try again in { MINUTES($seconds) ->
    [one] one minute
   *[other] { MINUTES($seconds) } minutes
}.
    .title = Too many attempts
password-required = Enter your password.
password-wrong = This is not your current password.
password-too-short = Use at least { $minimum ->
    [one] one character
   *[other] { $minimum } characters
}.
password-too-long = Use at most { $maximum ->
    [one] one character
   *[other] { $maximum } characters
}.
password-too-common = This password is known from data breaches. Choose another.
password-too-weak = This password is easy to guess. Add words that do not belong together.
password-unchanged = This is your current password. Choose another.
code-required = Enter the code that we sent you.
code-wrong = This is not the code that we sent you.
code-expired = This code is too old. Ask for a new one.
user-code-wrong = This code is not right, or it has expired. Look at your device again.
transaction-expired = This sign-in took too long, was finished, or was begun in another browser. Try again here, or go back to the application and start again.
    .title = Start again
account-changed = You are in another account now than when you were asked. See which account is asked about, and answer again.
form-expired = This form is too old, or your browser does not keep cookies. Open the page again and fill it in once more.
    .title = Form expired
other-customer = Another account is asked about this than the one you signed in to. Open the link again, and sign in to the account that it was sent to.
    .title = Not your account
link-invalid = This link was used already, or it is too old.
    .title = Link not valid
not-found = There is nothing at this address.
    .title = Page not found
method-not-allowed = This page cannot be used like this.
    .title = Not possible here
forbidden = This page is not open to you.
    .title = No access
internal = Something broke on our side. Please try again later.
    .title = Something went wrong
unavailable = We are busy at the moment. Please try again in a minute.
    .title = Please try again
request-invalid = The application sent a request that we cannot accept. Go back and try again; if it happens again, tell the application's makers.
    .title = Request not valid
request-too-large = This was more than we can accept.
    .title = Too much at once
client-unknown = The application that sent you here is not known to us.
    .title = Unknown application
client-disabled = The application that sent you here is switched off at the moment.
    .title = Application not available
redirect-uri-invalid = The application that sent you here does not say where you return to, or names an address that it has not registered.
    .title = Unknown return address
request-uri-invalid = The application refers to a request that we do not have: it is too old, was used already, or is not this application's. Go back to the application and start again.
    .title = Request not found
given = { $text }

notice-profile-saved = Your profile is saved.
notice-password-changed = Your password is changed.
notice-session-ended = The session is ended.
notice-other-sessions-ended = You are signed out everywhere else.
notice-grant-revoked = The application has no access any more.
notice-code-sent = A new code is on its way.
notice-account-exists = You already have an account with this address. Sign in to it.
