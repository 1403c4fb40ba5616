"""A person with an old browser: cookies, redirects and plain forms, read with the standard library."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests


class Form:
    """A form of a page, with the values that it would send."""

    def __init__(self, attributes):
        self.id = attributes.get("id", "")
        self.action = attributes.get("action", "")
        self.fields = {}


class FormReader(HTMLParser):
    """Collects the forms of a page, and the texts of elements that have an id."""

    def __init__(self):
        super().__init__()
        self.forms = []
        self.within = False

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self.forms.append(Form(attributes))
            self.within = True
        elif tag == "input" and self.within and attributes.get("name"):
            self.forms[-1].fields[attributes["name"]] = attributes.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.within = False


def forms(html):
    reader = FormReader()
    reader.feed(html)
    return {form.id: form for form in reader.forms}


class Visitor:
    """Follows redirects by hand, so that it sees where a client would be called."""

    def __init__(self, issuer):
        self.issuer = issuer
        self.http = requests.Session()
        self.http.headers.update({"Accept": "text/html", "User-Agent": "Mozilla/4.0 (compatible; old engine)"})

    def go(self, method, url, data=None):
        for _ in range(10):
            response = self.http.request(method, url, data=data, allow_redirects=False)
            location = response.headers.get("Location")
            if location is None:
                return response
            url, method, data = urljoin(url, location), "GET", None
            if urlsplit(url).path.startswith("/callback"):
                response.landed = url
                return response
        raise AssertionError(f"too many redirects, the last to {url}")

    def submit(self, response, form, **values):
        return self.go("POST", urljoin(response.url, form.action), data={**form.fields, **values})

    def sign_in(self, url, email, password):
        """Answers every step until the browser is sent to the client, and says where to."""
        response = self.go("GET", url)
        for _ in range(8):
            if hasattr(response, "landed"):
                return response.landed
            assert response.status_code < 400, f"{response.url}: {response.status_code} {response.text[:2000]}"
            found = forms(response.text)
            if "identify" in found:
                response = self.submit(response, found["identify"], identifier=email)
            elif "sign-in" in found:
                response = self.submit(response, found["sign-in"], password=password)
            elif "consent" in found:
                response = self.submit(response, found["consent"], decision="allow")
            else:
                raise AssertionError(f"no known form at {response.url}: {sorted(found)}")
        raise AssertionError(f"the sign-in did not end; it stands at {response.url}")
