"""An API Gateway HTTP API: routes as the template has them, payload format 2.0, and of an answer only what that format carries."""
import base64
import json
import time
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from sandbox import FunctionError

# Bodies of other types go in base64, forms among them.
TEXT = ("text/", "application/json", "application/javascript", "application/xml")


class Gateway:
    """The API. What is not a route of it, below `/_local`, goes on to the local host."""

    def __init__(self, functions, functions_host, local, session, deliver):
        self.routes = [(method, pattern, path, f.name) for f in functions.values() for method, pattern, path in f.routes]
        self.host, self.local, self.session, self.deliver = functions_host, local, session, deliver
        self.failures, self.reached = [], set()

    async def answer(self, request):
        """One request of a client."""
        if request.path == "/" or request.path.startswith("/_local"):
            return await self._pass_on(request)
        found = self._route(request)
        if found is None:
            return web.json_response({"message": "Not Found"}, status=404)
        path, name, parameters = found
        self.reached.add((request.method, path))
        event = await self._event(request, f"{request.method} {path}", parameters)
        try:
            return self._response(await self.host.invoke(name, event))
        except FunctionError as error:
            self.failures.append(str(error))
            return web.json_response({"message": "Internal Server Error"}, status=500)

    def _route(self, request):
        """The route that fits: one with fewer variables goes before one with more."""
        path = request.rel_url.raw_path
        for method, pattern, shown, name in sorted(self.routes, key=lambda route: route[2].count("{")):
            match = pattern.match(path)
            if match and method in (request.method, "ANY"):
                return shown, name, {key: unquote(value) for key, value in match.groupdict().items()}
        return None

    async def _event(self, request, route, parameters):
        headers, cookies = {}, []
        for name, value in request.headers.items():
            name = name.lower()
            if name == "cookie":
                cookies += [cookie.strip() for cookie in value.split(";")]
            else:
                headers[name] = f"{headers[name]},{value}" if name in headers else value
        headers["x-forwarded-for"] = ", ".join(filter(None, [headers.get("x-forwarded-for"), request.remote]))
        headers["x-forwarded-proto"], headers["x-forwarded-port"] = "https", "443"
        body = await request.read()
        event = {
            "version": "2.0",
            "routeKey": route,
            "rawPath": request.rel_url.raw_path,
            "rawQueryString": request.rel_url.raw_query_string,
            "headers": headers,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "api",
                "domainName": request.host,
                "domainPrefix": request.host.split(".")[0],
                "http": {
                    "method": request.method,
                    "path": request.path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": request.remote,
                    "userAgent": headers.get("user-agent", ""),
                },
                "requestId": "request",
                "routeKey": route,
                "stage": "$default",
                "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
                "timeEpoch": int(time.time() * 1000),
            },
            "isBase64Encoded": False,
        }
        if cookies:
            event["cookies"] = cookies
        query = {}
        for name, value in parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True):
            query[name] = f"{query[name]},{value}" if name in query else value
        if query:
            event["queryStringParameters"] = query
        if parameters:
            event["pathParameters"] = parameters
        if body:
            is_text = headers.get("content-type", "").startswith(TEXT)
            event["body"] = body.decode() if is_text else base64.b64encode(body).decode()
            event["isBase64Encoded"] = not is_text
        return event

    @staticmethod
    def _response(answer):
        """A format 2.0 answer: one value for each header, cookies apart. `multiValueHeaders` are of another format and ignored."""
        body = answer.get("body") or ""
        body = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        response = web.Response(status=answer["statusCode"], body=body)
        response.headers.popall("Content-Type", None)
        for name, value in (answer.get("headers") or {}).items():
            if name.lower() not in ("content-length", "set-cookie"):
                response.headers[name] = value
        for cookie in answer.get("cookies") or []:
            response.headers.add("Set-Cookie", cookie)
        return response

    async def _pass_on(self, request):
        if request.path == "/_local/inbox":
            await self.deliver()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "content-length")}
        async with self.session.request(
            request.method, self.local + request.path_qs, data=await request.read(), headers=headers, allow_redirects=False
        ) as answer:
            response = web.Response(status=answer.status, body=await answer.read())
            response.headers.popall("Content-Type", None)
            for name, value in answer.headers.items():
                if name.lower() not in ("content-length", "transfer-encoding"):
                    response.headers.add(name, value)
            return response


def text_of(answer):
    """A function's answer, for a message."""
    return json.dumps(answer)[:500]
