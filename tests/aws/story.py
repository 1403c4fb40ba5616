"""Runs end-to-end tests against the real binaries on Amazon's own DynamoDB, each with the role that the template gives it.

    story.py --binaries DIR --dynamodb URL -- COMMAND…

Starts the local host as AWS (its stand-ins for KMS, SQS, SNS and SES, DynamoDB Local behind it), a front that is API Gateway, and Lambda
for the binaries; seeds the deployment with the binary that does so on AWS; runs COMMAND with LATCHKEY_URL; runs the jobs. Fails when the
command fails, when a role denied a call, a signature was wrong, or a function failed. Prints what roles grant and nobody needed.
"""
import argparse
import asyncio
import json
import logging
import os
import re
import signal
import socket
import sys
import tempfile
from pathlib import Path

import aiohttp
from aiohttp import web

import deployment
import template
from endpoint import Endpoint
from events import EventSources
from gateway import Gateway
from sandbox import FunctionError, Lambda

ROOT = Path(__file__).resolve().parent.parent.parent
# Run with their sample events after the tests, as nothing of these calls them.
JOBS = ("jobs-seed", "jobs-initial_access", "jobs-rotate_keys", "jobs-rotate_secret")
DYNAMODB = "AWS4-HMAC-SHA256 Credential=admin/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"


def free_port(count=1):
    """The first of `count` free ports in a row."""
    while True:
        held = []
        try:
            first = socket.socket()
            held.append(first)
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            for offset in range(1, count):
                held.append(socket.socket())
                held[-1].bind(("127.0.0.1", port + offset))
            return port
        except OSError:
            continue
        finally:
            for each in held:
                each.close()


async def listen(handler, port):
    """Answers every request on a loopback port."""
    app = web.Application(client_max_size=8 * 1024 * 1024)
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


async def start_local(binaries, port, issuer, dynamodb, log):
    """The local host as AWS."""
    command = [str(Path(binaries) / "local"), "--stand-ins", "--profile", "test", "--port", str(port), "--issuer", issuer]
    with open(log, "wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *command, *(("--dynamodb", dynamodb) if dynamodb else ()), cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=errors
        )
    async for line in process.stdout:
        if line.startswith(b"ready"):
            return process, asyncio.create_task(process.stdout.read())
    raise SystemExit(f"the local host did not start; see {log}")


async def main(options):
    """Runs the story; the exit status."""
    logs = Path(options.logs or tempfile.mkdtemp(prefix="latchkey-aws-"))
    logs.mkdir(parents=True, exist_ok=True)
    front, local, aws = free_port(), free_port(3), free_port()
    issuer = f"http://localhost:{front}"
    stack = template.read(ROOT / "template.yaml", {
        "Issuer": issuer, "ClientCertificates": "gateway", "MutualTlsDomain": f"localhost:{local + 1}",
    })
    functions = deployment.functions(stack)
    print(f"{len(functions)} functions, logs in {logs}", flush=True)
    # Told to stop, it still ends what it has started.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    local_host, reading = await start_local(options.binaries, local, issuer, options.dynamodb, logs / "local.log")
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as session:
        endpoint = Endpoint(functions, f"http://127.0.0.1:{local + 2}", session)
        # Clients of the tests are told at loopback addresses.
        environment = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{aws}", "LATCHKEY_REACH": "local"}
        host = Lambda(functions, options.binaries, environment, logs)

        async def admin(operation, asked):
            headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Authorization": DYNAMODB}
            async with session.post(endpoint.upstream, data=json.dumps(asked), headers=headers) as answer:
                return json.loads(await answer.read())

        events = EventSources(functions, host, f"http://127.0.0.1:{aws}", session, admin)
        gateway = Gateway(functions, host, f"http://127.0.0.1:{local}", session, events.deliver)
        runners = [await listen(endpoint.answer, aws), await listen(gateway.answer, front)]
        background = None
        failed = []
        try:
            # As CloudFormation does at the first deployment, then the demo that the tests go by.
            await host.invoke("jobs-seed", {})
            async with session.post(f"http://127.0.0.1:{local}/_local/plant") as answer:
                if answer.status != 204:
                    raise SystemExit(f"the demo was not planted: {await answer.text()}")
            background = asyncio.create_task(events.run())
            command = await asyncio.create_subprocess_exec(*options.command, cwd=ROOT, env={**os.environ, "LATCHKEY_URL": issuer})
            if await command.wait():
                failed.append(f"`{' '.join(options.command)}` failed")
            for job in JOBS:
                event = json.loads((ROOT / "events" / f"{job}.json").read_text())
                try:
                    await host.invoke(job, event)
                except FunctionError as error:
                    failed.append(str(error))
            await events.deliver()
        finally:
            if background:
                background.cancel()
            await host.stop()
            for runner in runners:
                await runner.cleanup()
            local_host.terminate()
            await local_host.wait()
            reading.cancel()
    return report(functions, endpoint, gateway, failed + events.failures)


def report(functions, endpoint, gateway, failed):
    """Prints what was seen; the exit status."""
    routes = {(method, path) for function in functions.values() for method, _, path in function.routes}
    print(f"\n{sum(endpoint.answered.values())} calls to AWS, each signature recomputed by botocore and each role asked")
    print(f"{len(gateway.reached)} of {len(routes)} routes were called; not: "
          + ", ".join(sorted(f"{method} {path}" for method, path in routes - gateway.reached)))
    silent = sorted(set(functions) - set(endpoint.answered))
    print(f"functions that called nothing of AWS: {', '.join(silent) or 'none'}")
    print("granted, and not needed here:")
    for name, grants in endpoint.surplus(functions).items():
        by_resource = {}
        for action, resource in grants:
            by_resource.setdefault(re.sub(r"^arn:aws:[^:]*:[^:]*:[^:]*:", "", resource), []).append(action)
        print(f"    {name}: " + "; ".join(f"{', '.join(actions)} on {resource}" for resource, actions in by_resource.items()))
    problems = failed + gateway.failures + endpoint.refusals
    for problem in dict.fromkeys(problems):
        print(f"FAILED: {problem}" + (f" ({problems.count(problem)} times)" if problems.count(problem) > 1 else ""))
    return 1 if problems else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--binaries", required=True, help="the folder of the binaries")
    parser.add_argument("--dynamodb", help="the URL of DynamoDB Local; the embedded stand-in where it is absent")
    parser.add_argument("--logs", help="a folder for the logs of the functions")
    parser.add_argument("command", nargs="+")
    logging.basicConfig(level=logging.WARNING)
    sys.exit(asyncio.run(main(parser.parse_args())))
