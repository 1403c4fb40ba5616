# Wörter, die jede Seite braucht.

error-prefix = Fehler:
error-summary = Bitte prüfen Sie Folgendes
optional = freiwillig
continue = Weiter
sign-in = Anmelden
sign-out = Abmelden
support = Hilfe
skip-to-content = Zum Inhalt springen
opens-client = Zurück zu { $client }
to-account = Zu Ihrem Konto
try-again = Noch einmal versuchen

moment = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }, { $time } UTC
date = { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }

email = E-Mail-Adresse
phone = Telefonnummer
username = Benutzername
identifier = E-Mail, Telefonnummer oder Benutzername
phone-hint = Mit Landesvorwahl, zum Beispiel +49 30 1234567.
password = Passwort
new-password = Neues Passwort
password-hint = Mindestens { $minimum } Zeichen. Gut ist ein Satz, auf den nur Sie kommen.
given-name = Vorname
family-name = Nachname
