# Was falsch sein kann, und was geschehen ist. Die Kennungen gehören zur Schnittstelle: Sie stehen auch in JSON-Antworten.

identifier-required = Geben Sie Ihre E-Mail-Adresse, Ihre Telefonnummer oder Ihren Benutzernamen ein.
identifier-invalid = Geben Sie eine E-Mail-Adresse, eine Telefonnummer mit Landesvorwahl oder einen Benutzernamen ein.
identifier-taken = Das gehört zu einem anderen Konto.
email-required = Geben Sie Ihre E-Mail-Adresse ein.
email-invalid = Geben Sie eine E-Mail-Adresse wie name@example.com ein.
phone-required = Geben Sie Ihre Telefonnummer ein.
phone-invalid = Geben Sie eine Telefonnummer mit Landesvorwahl ein, zum Beispiel +49 30 1234567.
value-required = Füllen Sie dieses Feld aus.
value-too-long = Geben Sie höchstens { $maximum } Zeichen ein.
value-invalid = Dieses Feld kann diesen Wert nicht haben.
birthdate-invalid = Geben Sie das Geburtsdatum als Jahr, Monat und Tag ein, zum Beispiel 1990-12-31.
zoneinfo-invalid = Geben Sie eine Zeitzone wie Europe/Berlin ein.
locale-invalid = Wählen Sie eine der Sprachen.
credentials-wrong = E-Mail-Adresse, Telefonnummer oder Benutzername und Passwort passen nicht zusammen.
account-disabled = Mit diesem Konto kann man sich zurzeit nicht anmelden.
    .title = Konto nicht verfügbar
too-many-attempts = Zu viele Versuche. Versuchen Sie es in { MINUTES($seconds) ->
    [one] einer Minute
   *[other] { MINUTES($seconds) } Minuten
} wieder.
    .title = Zu viele Versuche
password-required = Geben Sie Ihr Passwort ein.
password-wrong = Das ist nicht Ihr aktuelles Passwort.
password-too-short = Nehmen Sie mindestens { $minimum } Zeichen.
password-too-long = Nehmen Sie höchstens { $maximum } Zeichen.
password-too-common = Dieses Passwort ist aus Datenlecks bekannt. Wählen Sie ein anderes.
password-too-weak = Dieses Passwort ist leicht zu erraten. Fügen Sie Wörter hinzu, die nicht zusammengehören.
password-unchanged = Das ist Ihr aktuelles Passwort. Wählen Sie ein anderes.
code-required = Geben Sie den Code ein, den wir Ihnen gesendet haben.
code-wrong = Das ist nicht der Code, den wir Ihnen gesendet haben.
code-expired = Dieser Code ist zu alt. Fordern Sie einen neuen an.
user-code-wrong = Dieser Code stimmt nicht oder ist abgelaufen. Sehen Sie noch einmal auf Ihr Gerät.
transaction-expired = Diese Anmeldung hat zu lange gedauert oder wurde in einem anderen Fenster beendet. Gehen Sie zurück zur Anwendung und beginnen Sie neu.
    .title = Bitte neu beginnen
form-expired = Dieses Formular ist zu alt, oder Ihr Browser behält keine Cookies. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
    .title = Formular abgelaufen
link-invalid = Dieser Link wurde schon verwendet oder ist zu alt.
    .title = Link nicht gültig
not-found = Unter dieser Adresse gibt es nichts.
    .title = Seite nicht gefunden
method-not-allowed = So lässt sich diese Seite nicht verwenden.
forbidden = Diese Seite steht Ihnen nicht offen.
    .title = Kein Zugang
internal = Bei uns ist etwas schiefgegangen. Bitte versuchen Sie es später noch einmal.
    .title = Etwas ist schiefgegangen
unavailable = Wir sind gerade ausgelastet. Bitte versuchen Sie es in einer Minute noch einmal.
    .title = Bitte noch einmal versuchen
request-invalid = Die Anwendung hat eine Anfrage gesendet, die wir nicht annehmen können. Gehen Sie zurück und versuchen Sie es noch einmal; geschieht es wieder, wenden Sie sich an den Anbieter der Anwendung.
    .title = Anfrage nicht gültig
request-too-large = Das war mehr, als wir annehmen können.
client-unknown = Die Anwendung, die Sie hierher geschickt hat, ist uns nicht bekannt.
    .title = Unbekannte Anwendung
client-disabled = Die Anwendung, die Sie hierher geschickt hat, ist zurzeit abgeschaltet.
    .title = Anwendung nicht verfügbar
redirect-uri-invalid = Die Anwendung, die Sie hierher geschickt hat, möchte Sie zu einer Adresse zurückleiten, die sie nicht angemeldet hat.
    .title = Unbekannte Zieladresse
request-uri-invalid = Die Anfrage der Anwendung ist zu alt oder wurde schon benutzt. Gehen Sie zur Anwendung zurück und beginnen Sie neu.
    .title = Anfrage abgelaufen
given = { $text }

notice-profile-saved = Ihr Profil ist gespeichert.
notice-password-changed = Ihr Passwort ist geändert.
notice-session-ended = Die Sitzung ist beendet.
notice-other-sessions-ended = Sie sind überall sonst abgemeldet.
notice-grant-revoked = Die Anwendung hat keinen Zugriff mehr.
notice-code-sent = Ein neuer Code ist unterwegs.
