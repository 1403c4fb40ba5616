# Signing in, signing up, recovering an account, signing out, and the way back.

identify-title = Sign in
identify-to-client = Sign in to continue to { $client }
identify-new = New here?
identify-sign-up = Create an account

password-title = Enter your password
password-username = Account
password-forgotten = Forgot your password?
password-leave = Not you? Use another account

consent-title = { $client } wants to use your account
consent-who = You are signed in as { $who }.
consent-host = Nobody here has checked who { $client } is. It comes from { $host }: allow it only if you know that site.
consent-list = { $client } will be able to:
consent-allow = Allow
consent-deny = Deny
consent-site = Website
consent-policy = Privacy policy
consent-terms = Terms of service
consent-links = About { $client }
consent-later = You can withdraw this at any time in your account.

scope-openid = Recognize you
    .description = It learns an identifier of your account.
scope-profile = See your profile
    .description = Your name, nickname, date of birth, language and time zone.
scope-email = See your e-mail address
    .description = And whether it is confirmed.
scope-phone = See your phone number
    .description = And whether it is confirmed.
scope-address = See your postal address
    .description = The address that you keep in your profile.
scope-offline_access = Stay connected
    .description = It keeps its access while you are away, until you withdraw it.
scope-account = Manage your account
    .description = See and change your profile, password and sessions.

device-title = Connect a device
device-lead = Enter the code that your device shows.
device-code = Code
device-code-hint = Eight letters, such as WDJB-MJHT.
device-warning = Did somebody send you a link or a code? Do not go on: they could get into your account.
device-compare = A device asks for this. It shows the code:
device-asked = Asked from { $address }:
device-caution = Only go on if you have started this yourself, and the device in front of you shows the same code.
device-granted-title = Your device is connected
device-denied-title = Your device is not connected
decided-granted = { $client } goes on by itself. You can close this page.
decided-denied = { $client } gets no access to your account. You can close this page.
approve-compare = { $client } asks for this, and shows the message:
approve-asked = Asked:
approve-caution = Only go on if you have started this yourself.
approve-granted-title = You have said yes
approve-denied-title = You have said no

finished-granted-title = You are signed in
finished-denied-title = You have said no
finished-lead = This sign-in is finished, and there is nothing more to do here.

accounts-title = Choose an account
accounts-other = Use another account

signup-title = Create an account
signup-to-client = Create an account to continue to { $client }
signup-submit = Create account
signup-have = Already have an account?

verify-email-title = Check your e-mail
verify-sms-title = Check your phone
verify-sent = We sent a code to { $to }.
verify-code = Code
verify-submit = Confirm
verify-none = Nothing arrived?
verify-resend = Send a new code
verify-email-change = Use another address
verify-sms-change = Use another number
verify-change = Send the code there
verify-sms-skip = Go on without a number

recover-title = Reset your password
recover-lead = Tell us which account it is, and we will send you a link to set a new password.
recover-submit = Send link
recover-back = Back to sign in
recover-sent-title = Check your messages
recover-sent = If an account exists for what you typed, a link to set a new password is on its way. It works for { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
}.
recover-sent-hint = Nothing arrived? Look into your spam folder, or try again in a few minutes.
recover-again = Try again

reset-title = Set a new password
reset-submit = Save password
reset-done-title = Your new password is set
reset-done = You can sign in with it now. For your safety, you have been signed out everywhere else.
reset-invalid-title = This link does not work any more
reset-invalid = It was used already, or it is too old. Ask for a new one.
reset-invalid-again = Get a new link

logout-title = Do you want to sign out?
logout-lead = You will be signed out of this browser.
logout-client = { $client } asks to sign you out of this browser.
logout-stay = Stay signed in
logged-out-title = You are signed out
logged-out = On a shared computer, also close the browser.
logged-out-onward = You are on your way back to { $client }.
logged-out-frame = Signing out of an application

error-title = Something is wrong
error-detail = Details for developers
error-request = Request ID

form-post-title = One moment
form-post-client = You are on your way back to { $client }.
form-post-lead = You are on your way back to the application.
form-post-hint = If nothing happens, press Continue.
