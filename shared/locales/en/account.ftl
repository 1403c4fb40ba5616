# The account centre.

account-navigation = Account
account-signed-in = Signed in as { $who }
nav-profile = Profile
nav-password = Password
nav-sessions = Sessions
nav-grants = Applications

profile-title = Profile
profile-lead = What applications learn about you when you allow it.
profile-name = Full name
profile-nickname = Nickname
profile-birthdate = Date of birth
profile-birthdate-hint = Year, month and day, such as 1990-12-31.
profile-zoneinfo = Time zone
profile-zoneinfo-hint = Such as Europe/London.
profile-locale = Language
profile-locale-none = Like the browser
profile-submit = Save
identifiers-title = How you sign in
identifier-verified = Confirmed
identifier-unverified = Not confirmed

account-password-title = Password
account-password-lead = Changing it signs you out everywhere else.
account-password-current = Current password
account-password-submit = Change password

sessions-title = Sessions
sessions-lead = Browsers that are signed in to your account. End those that you do not recognize.
session-unknown = Unknown device
session-current = This browser
session-started = Signed in
session-seen = Last used
session-address = Address
session-clients = Applications
session-end = Sign out
session-end-named = Sign out: { $device }
sessions-end-others = Sign out everywhere else

grants-title = Applications
grants-lead = Applications that have access to your account.
grants-none = No application has access to your account.
grant-since = Since { $date }
grant-revoke = Withdraw access
grant-revoke-named = Withdraw access: { $client }

language-en = English
language-de = Deutsch
