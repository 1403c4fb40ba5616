# Mails and short messages.

mail-greeting = Hello,
mail-ignore = If it was not you, you can ignore this mail.
mail-link = If the button does not work, copy this address into your browser:

mail-verify-email-subject = Your code for { $brand }
mail-verify-email-lead = This is your code for { $brand }:
mail-verify-email-expiry = It works for { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
}. Do not give it to anyone: we never ask for it.

sms-verify-phone = { $code } is your { $brand } code.

mail-recovery-subject = Set a new password for { $brand }
mail-recovery-lead = Someone, probably you, asked for a new password for your account at { $brand }.
mail-recovery-action = Set a new password
mail-recovery-expiry = The link works once, for { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
}. Your password stays as it is until you set a new one.

mail-approve-sign-in-subject = Approve a sign-in at { $brand }
mail-approve-sign-in-lead = { $client } wants to sign you in with your account at { $brand }. Look at what it asks for, and say yes or no.
mail-approve-sign-in-action = See the request
mail-approve-sign-in-expiry = The link works for { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
}.

mail-account-exists-subject = You already have an account at { $brand }
mail-account-exists-lead = Someone, probably you, tried to create an account at { $brand } with this e-mail address. There is one already.
mail-account-exists-action = Sign in
mail-account-exists-recover = Forgot your password? Set a new one here:

mail-password-changed-subject = Your password for { $brand } was changed
mail-password-changed-lead = The password of your account at { $brand } was changed just now.
mail-password-changed-warning = If it was not you, set a new password at once:
mail-password-changed-action = Set a new password

mail-admin-invitation-subject = You are an administrator of { $brand }
mail-admin-invitation-lead = { $brand } is ready, and you are its first administrator. Set a password to begin.
mail-admin-invitation-action = Set your password
mail-admin-invitation-expiry = Your account is kept for you for { $hours ->
    [one] one hour
   *[other] { $hours } hours
}.
