"""Lambda: the real binaries, each with a Runtime API of its own (version 2018-06-01), started at its first event."""
import asyncio
import itertools
import json
import os
import time
from pathlib import Path

from aiohttp import web

PREFIX = "/2018-06-01/runtime"
TIMEOUT = 60


class FunctionError(Exception):
    """The function failed, or ended."""


class Sandbox:
    """One function. Events are taken one at a time, as a sandbox of Lambda takes them."""

    ids = itertools.count(1)

    def __init__(self, function, binary, environment, log):
        self.function, self.binary, self.environment, self.log = function, Path(binary), environment, log
        self.events, self.waiting = asyncio.Queue(), {}
        self.process, self.runner, self.starting = None, None, asyncio.Lock()

    async def invoke(self, event):
        """What the function answers."""
        async with self.starting:
            if self.process is None or self.process.returncode is not None:
                await self._start()
        request_id = f"{next(self.ids):08d}-0000-4000-8000-000000000000"
        outcome = asyncio.get_running_loop().create_future()
        self.waiting[request_id] = outcome
        await self.events.put((request_id, json.dumps(event).encode()))
        ended = asyncio.ensure_future(self.process.wait())
        try:
            done, _ = await asyncio.wait({outcome, ended}, timeout=TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
            if outcome in done:
                return outcome.result()
            raise FunctionError(f"{self.function.name} {'ended' if done else 'gave no answer'}; see {self.log}")
        finally:
            ended.cancel()
            self.waiting.pop(request_id, None)

    async def _start(self):
        if self.runner is None:
            app = web.Application(client_max_size=8 * 1024 * 1024)
            app.router.add_get(f"{PREFIX}/invocation/next", self._next)
            app.router.add_post(f"{PREFIX}/invocation/{{id}}/response", self._response)
            app.router.add_post(f"{PREFIX}/invocation/{{id}}/error", self._error)
            app.router.add_post(f"{PREFIX}/init/error", self._init_error)
            self.runner = web.AppRunner(app, access_log=None)
            await self.runner.setup()
            site = web.TCPSite(self.runner, "127.0.0.1", 0)
            await site.start()
            self.port = site._server.sockets[0].getsockname()[1]
        environment = {
            **self.function.environment,
            **self.environment,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.port}",
            "AWS_LAMBDA_FUNCTION_NAME": self.function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_LOG_GROUP_NAME": "test",
            "AWS_LAMBDA_LOG_STREAM_NAME": "test",
            "AWS_ACCESS_KEY_ID": self.function.access_key,
            "AWS_SECRET_ACCESS_KEY": self.function.secret_key,
            "AWS_SESSION_TOKEN": self.function.session_token,
            "AWS_REGION": "us-east-1",
        }
        with open(self.log, "ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                self.binary, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )

    async def _next(self, request):
        request_id, event = await self.events.get()
        return web.Response(
            body=event,
            content_type="application/json",
            headers={
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": str(int((time.time() + 30) * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:us-east-1:000000000000:function:{self.function.name}:live",
                "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
            },
        )

    async def _response(self, request):
        outcome = self.waiting.get(request.match_info["id"])
        if outcome and not outcome.done():
            outcome.set_result(await request.json())
        return web.Response(status=202)

    async def _error(self, request):
        outcome = self.waiting.get(request.match_info["id"])
        if outcome and not outcome.done():
            outcome.set_exception(FunctionError(f"{self.function.name}: {await request.text()}"))
        return web.Response(status=202)

    async def _init_error(self, request):
        text = await request.text()
        for outcome in self.waiting.values():
            if not outcome.done():
                outcome.set_exception(FunctionError(f"{self.function.name} did not start: {text}"))
        return web.Response(status=202)

    async def stop(self):
        """Ends the function and its Runtime API."""
        if self.process and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()
        if self.runner:
            await self.runner.cleanup()


class Lambda:
    """All functions."""

    def __init__(self, functions, binaries, environment, logs):
        os.makedirs(logs, exist_ok=True)
        self.sandboxes = {
            name: Sandbox(function, Path(binaries) / name, environment, Path(logs) / f"{name}.log")
            for name, function in functions.items()
        }

    async def invoke(self, name, event):
        """What the function of this name answers."""
        return await self.sandboxes[name].invoke(event)

    async def stop(self):
        """Ends all functions."""
        await asyncio.gather(*(sandbox.stop() for sandbox in self.sandboxes.values()))
