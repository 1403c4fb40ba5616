"""What GET /openapi.json promises, held against the running host: Schemathesis makes up requests that the schemas allow, and some that they do not."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SECONDS = 240


def test_the_host_is_as_it_is_described(issuer, register, sign_in, tmp_path):
    token, _ = sign_in(register(scope="openid account"))
    command = [
        str(pathlib.Path(sys.executable).with_name("schemathesis")),
        f"--config-file={HERE / 'schemathesis.toml'}",
        "run",
        f"{issuer}/openapi.json",
        f"--header=Authorization: Bearer {token['access_token']}",
        "--checks=all",
        "--phases=examples,coverage,fuzzing",
        "--max-examples=5",
        "--seed=1",
        "--generation-database=none",
        "--continue-on-failure",
        "--no-color",
    ]
    # It leaves what it found in the folder that it runs in.
    run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, cwd=tmp_path)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr
