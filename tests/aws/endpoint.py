"""AWS as a function sees it: every request's signature is recomputed, its role is asked, and then the stand-ins answer."""
import hmac
import json
from collections import Counter

from aiohttp import web
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import calls
import iam

# What goes on to the stand-ins.
FORWARDED = ("content-type", "x-amz-target", "accept")


class Endpoint:
    """The endpoint for all functions, in front of the stand-ins at `upstream`."""

    def __init__(self, functions, upstream, session):
        self.by_key = {function.access_key: function for function in functions.values()}
        self.upstream, self.session = upstream, session
        self.refusals, self.used, self.answered, self.iterators = [], {}, Counter(), {}

    async def answer(self, request):
        """One request of a function."""
        body = await request.read()
        try:
            function = self._authenticate(request, body)
            _, wanted = calls.of(request, request.path, body, self.iterators)
        except ValueError as error:
            self.refusals.append(f"{request.headers.get('x-amz-target', request.path)} was refused: {error}")
            return self._refuse("SignatureDoesNotMatch", str(error), 403)
        for call in wanted:
            statement = iam.allow(function.statements, call)
            if statement is None:
                line = f"{function.name} may not {call.action} on {call.resource} {call.context or ''}".rstrip()
                self.refusals.append(line)
                arn = f"arn:aws:sts::000000000000:assumed-role/{function.name}"
                return self._refuse("AccessDeniedException", f"User: {arn} is not authorized to perform: {call}", 400)
            used = self.used.setdefault(function.name, set())
            used.add((statement.action_of(call), statement.resource_of(call)))
        headers = {name: request.headers[name] for name in FORWARDED if name in request.headers}
        self.answered[function.name] += 1
        async with self.session.request(request.method, self.upstream + request.path_qs, data=body, headers=headers) as answer:
            passed = {name: value for name, value in answer.headers.items() if name.lower().startswith(("x-amz", "content-type"))}
            found = await answer.read()
            if request.headers.get("x-amz-target", "").endswith(("GetShardIterator", "GetRecords")) and answer.status == 200:
                self._remember(json.loads(found), wanted[0].resource)
            return web.Response(status=answer.status, body=found, headers=passed)

    def _remember(self, answer, stream):
        for name in ("ShardIterator", "NextShardIterator"):
            if name in answer:
                self.iterators[answer[name]] = stream

    def _authenticate(self, request, body):
        """Whose request this is (AWS Signature Version 4), by botocore's own computation."""
        header = request.headers.get("Authorization", "")
        algorithm, _, rest = header.partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if algorithm != "AWS4-HMAC-SHA256" or set(parts) != {"Credential", "SignedHeaders", "Signature"}:
            raise ValueError("the request is not signed")
        access_key, _date, region, service, _end = parts["Credential"].split("/")
        function = self.by_key.get(access_key)
        if function is None:
            raise ValueError(f"nobody has the access key {access_key}")
        signed = parts["SignedHeaders"].split(";")
        for needed in ("host", "x-amz-date", "x-amz-security-token"):
            if needed not in signed:
                raise ValueError(f"{needed} of {function.name} is not signed")
        if request.headers["x-amz-security-token"] != function.session_token:
            raise ValueError(f"the session token is not that of {function.name}")
        headers = {name: request.headers[name] for name in signed}
        url = f"http://{request.headers['host']}{request.path_qs}"
        asked = AWSRequest(method=request.method, url=url, data=body, headers=headers)
        asked.context["timestamp"] = request.headers["x-amz-date"]
        credentials = Credentials(function.access_key, function.secret_key, function.session_token)
        signer = SigV4Auth(credentials, service, region)
        to_sign = signer.string_to_sign(asked, signer.canonical_request(asked))
        if not hmac.compare_digest(signer.signature(to_sign, asked), parts["Signature"]):
            raise ValueError(f"the signature of {function.name} is not what botocore computes")
        return function

    @staticmethod
    def _refuse(code, message, status):
        body = json.dumps({"__type": f"com.amazon.coral.service#{code}", "message": message})
        return web.Response(status=status, text=body, content_type="application/x-amz-json-1.0", headers={"x-amzn-errortype": code})

    def surplus(self, functions):
        """What roles grant and nobody ever needed, by function; logs are no part of this."""
        unused = {}
        for function in functions.values():
            granted = set().union(*(statement.grants() for statement in function.statements)) if function.statements else set()
            left = {grant for grant in granted - self.used.get(function.name, set()) if not grant[0].startswith("logs:")}
            if left:
                unused[function.name] = sorted(left)
        return unused


def sign(function, service, method, url, headers, body):
    """Headers that sign a request as this function, for what Lambda itself does with the function's role."""
    asked = AWSRequest(method=method, url=url, data=body, headers=headers)
    SigV4Auth(Credentials(function.access_key, function.secret_key, function.session_token), service, "us-east-1").add_auth(asked)
    return dict(asked.headers)
