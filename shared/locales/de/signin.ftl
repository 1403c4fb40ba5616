# Anmelden, Registrieren, Konto wiederherstellen, Abmelden und der Weg zurück.

identify-title = Anmelden
identify-to-client = Anmelden, um mit { $client } fortzufahren
identify-new = Neu hier?
identify-sign-up = Konto erstellen

password-title = Passwort eingeben
password-username = Konto
password-forgotten = Passwort vergessen?
password-leave = Nicht Sie? Anderes Konto verwenden

consent-title = { $client } möchte Ihr Konto verwenden
consent-who = Sie sind angemeldet als { $who }.
consent-host = Niemand hier hat geprüft, wer { $client } ist. Die Anwendung kommt von { $host }: Erlauben Sie es nur, wenn Sie diese Website kennen.
consent-list = { $client } darf dann:
consent-allow = Erlauben
consent-deny = Ablehnen
consent-site = Website
consent-policy = Datenschutz
consent-terms = Nutzungsbedingungen
consent-links = Über { $client }
consent-later = Sie können dies jederzeit in Ihrem Konto widerrufen.

scope-openid = Sie wiedererkennen
    .description = Die Anwendung erfährt eine Kennung Ihres Kontos.
scope-profile = Ihr Profil sehen
    .description = Name, Spitzname, Geburtsdatum, Sprache und Zeitzone.
scope-email = Ihre E-Mail-Adresse sehen
    .description = Und ob sie bestätigt ist.
scope-phone = Ihre Telefonnummer sehen
    .description = Und ob sie bestätigt ist.
scope-address = Ihre Postanschrift sehen
    .description = Die Anschrift in Ihrem Profil.
scope-offline_access = Verbunden bleiben
    .description = Der Zugriff bleibt in Ihrer Abwesenheit bestehen, bis Sie ihn widerrufen.
scope-account = Ihr Konto verwalten
    .description = Profil, Passwort und Sitzungen sehen und ändern.

device-title = Gerät verbinden
device-lead = Geben Sie den Code ein, den Ihr Gerät zeigt.
device-code = Code
device-code-hint = Acht Buchstaben, zum Beispiel WDJB-MJHT.
device-warning = Hat Ihnen jemand einen Link oder einen Code geschickt? Dann brechen Sie ab: Diese Person könnte in Ihr Konto gelangen.
device-compare = Ein Gerät bittet darum. Es zeigt den Code:
device-asked = Anfrage von { $address }:
device-caution = Fahren Sie nur fort, wenn Sie dies selbst begonnen haben und das Gerät vor Ihnen denselben Code zeigt.
device-granted-title = Ihr Gerät ist verbunden
device-denied-title = Ihr Gerät ist nicht verbunden
decided-granted = { $client } macht von selbst weiter. Sie können diese Seite schließen.
decided-denied = { $client } erhält keinen Zugriff auf Ihr Konto. Sie können diese Seite schließen.
approve-compare = { $client } bittet darum und zeigt die Nachricht:
approve-asked = Anfrage:
approve-caution = Fahren Sie nur fort, wenn Sie dies selbst begonnen haben.
approve-granted-title = Sie haben zugestimmt
approve-denied-title = Sie haben abgelehnt

finished-granted-title = Sie sind angemeldet
finished-denied-title = Sie haben abgelehnt
finished-lead = Diese Anmeldung ist abgeschlossen. Hier ist nichts weiter zu tun.

accounts-title = Konto auswählen
accounts-other = Anderes Konto verwenden

signup-title = Konto erstellen
signup-to-client = Konto erstellen, um mit { $client } fortzufahren
signup-submit = Konto erstellen
signup-have = Sie haben schon ein Konto?

verify-email-title = Sehen Sie in Ihre E-Mails
verify-sms-title = Sehen Sie auf Ihr Telefon
verify-sent = Wir haben einen Code an { $to } gesendet.
verify-code = Code
verify-submit = Bestätigen
verify-none = Nichts angekommen?
verify-resend = Neuen Code senden
verify-email-change = Andere Adresse verwenden
verify-sms-change = Andere Nummer verwenden
verify-change = Code dorthin senden
verify-sms-skip = Ohne Nummer weiter

recover-title = Passwort zurücksetzen
recover-lead = Sagen Sie uns, um welches Konto es geht. Wir senden Ihnen einen Link, mit dem Sie ein neues Passwort setzen.
recover-submit = Link senden
recover-back = Zurück zur Anmeldung
recover-sent-title = Sehen Sie in Ihre Nachrichten
recover-sent = Wenn es zu Ihrer Eingabe ein Konto gibt, ist ein Link unterwegs, mit dem Sie ein neues Passwort setzen. Er gilt { $minutes ->
    [one] eine Minute
   *[other] { $minutes } Minuten
}.
recover-sent-hint = Nichts angekommen? Sehen Sie im Spam-Ordner nach, oder versuchen Sie es in einigen Minuten noch einmal.
recover-again = Noch einmal versuchen

reset-title = Neues Passwort setzen
reset-submit = Passwort speichern
reset-done-title = Ihr neues Passwort ist gesetzt
reset-done = Sie können sich jetzt damit anmelden. Zu Ihrer Sicherheit wurden Sie überall sonst abgemeldet.
reset-invalid-title = Dieser Link gilt nicht mehr
reset-invalid = Er wurde schon verwendet oder ist zu alt. Fordern Sie einen neuen an.
reset-invalid-again = Neuen Link anfordern

logout-title = Möchten Sie sich abmelden?
logout-lead = Sie werden in diesem Browser abgemeldet.
logout-client = { $client } möchte Sie in diesem Browser abmelden.
logout-stay = Angemeldet bleiben
logged-out-title = Sie sind abgemeldet
logged-out = Schließen Sie an einem gemeinsam genutzten Computer auch den Browser.
logged-out-onward = Sie kommen gleich zurück zu { $client }.
logged-out-frame = Abmeldung bei einer Anwendung

error-title = Etwas stimmt nicht
error-detail = Einzelheiten für Entwickler
error-request = Anfrage-ID

form-post-title = Einen Moment
form-post-client = Sie kommen gleich zurück zu { $client }.
form-post-lead = Sie kommen gleich zurück zur Anwendung.
form-post-hint = Wenn nichts geschieht, wählen Sie „Weiter“.
