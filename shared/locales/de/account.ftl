# Das Konto.

account-navigation = Konto
account-signed-in = Angemeldet als { $who }
nav-profile = Profil
nav-password = Passwort
nav-sessions = Sitzungen
nav-grants = Anwendungen

profile-title = Profil
profile-lead = Was Anwendungen über Sie erfahren, wenn Sie es erlauben.
profile-name = Vollständiger Name
profile-nickname = Spitzname
profile-birthdate = Geburtsdatum
profile-birthdate-hint = Jahr, Monat und Tag, zum Beispiel 1990-12-31.
profile-zoneinfo = Zeitzone
profile-zoneinfo-hint = Zum Beispiel Europe/Berlin.
profile-locale = Sprache
profile-locale-none = Wie im Browser
profile-submit = Speichern
identifiers-title = So melden Sie sich an
identifier-verified = Bestätigt
identifier-unverified = Nicht bestätigt

account-password-title = Passwort
account-password-lead = Wenn Sie es ändern, werden Sie überall sonst abgemeldet.
account-password-current = Aktuelles Passwort
account-password-submit = Passwort ändern

sessions-title = Sitzungen
sessions-lead = Browser, die in Ihrem Konto angemeldet sind. Beenden Sie alle, die Sie nicht kennen.
session-unknown = Unbekanntes Gerät
session-current = Dieser Browser
session-started = Angemeldet
session-seen = Zuletzt benutzt
session-address = Adresse
session-clients = Anwendungen
session-end = Abmelden
session-end-named = Abmelden: { $device }
sessions-end-others = Überall sonst abmelden

grants-title = Anwendungen
grants-lead = Anwendungen, die Zugriff auf Ihr Konto haben.
grants-none = Keine Anwendung hat Zugriff auf Ihr Konto.
grant-since = Seit { $date }
grant-revoke = Zugriff entziehen
grant-revoke-named = Zugriff entziehen: { $client }

language-en = English
language-de = Deutsch
