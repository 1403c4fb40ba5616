// Sends the one form of the page (OAuth 2.0 Form Post Response Mode). Without scripts, its button does.
document.forms[0].submit();
