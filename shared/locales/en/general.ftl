# Words that every page uses.

error-prefix = Error:
error-summary = Please check the following
optional = optional
continue = Continue
sign-in = Sign in
sign-out = Sign out
support = Help
skip-to-content = Skip to content
opens-client = Back to { $client }
to-account = Go to your account
try-again = Try again

moment = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $day }, { $year }, { $time } UTC
date = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $day }, { $year }

email = E-mail address
phone = Phone number
username = User name
identifier = E-mail, phone number or user name
phone-hint = With the country code, such as +44 20 7946 0000.
password = Password
new-password = New password
password-hint = At least { $minimum } characters. A sentence that only you would think of works well.
given-name = First name
family-name = Last name
