# E-Mails und Kurznachrichten.

mail-greeting = Guten Tag,
mail-ignore = Wenn Sie das nicht waren, können Sie diese E-Mail ignorieren.
mail-link = Wenn die Schaltfläche nicht funktioniert, kopieren Sie diese Adresse in Ihren Browser:

mail-verify-email-subject = Ihr Code für { $brand }
mail-verify-email-lead = Das ist Ihr Code für { $brand }:
mail-verify-email-expiry = Er gilt { $minutes ->
    [one] eine Minute
   *[other] { $minutes } Minuten
}. Geben Sie ihn niemandem: Wir fragen nie danach.

sms-verify-phone = { $code } ist Ihr Code für { $brand }.

mail-recovery-subject = Neues Passwort für { $brand }
mail-recovery-lead = Jemand, vermutlich Sie, hat ein neues Passwort für Ihr Konto bei { $brand } angefordert.
mail-recovery-action = Neues Passwort setzen
mail-recovery-expiry = Der Link gilt einmal und { $minutes ->
    [one] eine Minute
   *[other] { $minutes } Minuten
} lang. Ihr Passwort bleibt, wie es ist, bis Sie ein neues setzen.

mail-approve-sign-in-subject = Anmeldung bei { $brand } bestätigen
mail-approve-sign-in-lead = { $client } möchte Sie mit Ihrem Konto bei { $brand } anmelden. Sehen Sie sich an, worum es geht, und stimmen Sie zu oder lehnen Sie ab.
mail-approve-sign-in-action = Anfrage ansehen
mail-approve-sign-in-expiry = Der Link gilt { $minutes ->
    [one] eine Minute
   *[other] { $minutes } Minuten
}.

mail-account-exists-subject = Sie haben schon ein Konto bei { $brand }
mail-account-exists-lead = Jemand, vermutlich Sie, wollte bei { $brand } ein Konto mit dieser E-Mail-Adresse erstellen. Es gibt schon eines.
mail-account-exists-action = Anmelden
mail-account-exists-recover = Passwort vergessen? Hier setzen Sie ein neues:

mail-password-changed-subject = Ihr Passwort für { $brand } wurde geändert
mail-password-changed-lead = Das Passwort Ihres Kontos bei { $brand } wurde soeben geändert.
mail-password-changed-warning = Wenn Sie das nicht waren, setzen Sie sofort ein neues Passwort:
mail-password-changed-action = Neues Passwort setzen

mail-admin-invitation-subject = Sie verwalten { $brand }
mail-admin-invitation-lead = { $brand } ist bereit, und Sie sind die erste Person in der Verwaltung. Setzen Sie ein Passwort, um zu beginnen.
mail-admin-invitation-action = Passwort setzen
mail-admin-invitation-expiry = Ihr Konto wartet auf Sie { $hours ->
    [one] eine Stunde
   *[other] { $hours } Stunden
} lang.
