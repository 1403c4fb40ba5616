"""Checks every environment of samconfig.toml against the parameters of template.yaml, as CloudFormation would at the deployment.

    environments.py [FOLDER]

An environment gives only what the template knows, in a form that SAM reads, and everything that has no default.
"""
import re
import sys
import tomllib
from pathlib import Path

from samcli.cli.types import CfnParameterOverridesType

from template import load


def main(folder):
    """Prints what is wrong; the exit status."""
    declared = load(folder / "template.yaml")["Parameters"]
    config = tomllib.loads((folder / "samconfig.toml").read_text(encoding="utf-8"))
    wrong = [
        f"samconfig.toml, {name}: {fault}"
        for name, environment in config.items()
        if isinstance(environment, dict) and "deploy" in environment
        for fault in faults(environment["deploy"].get("parameters", {}).get("parameter_overrides", []), declared)
    ]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


def faults(overrides, declared):
    """What is wrong with the parameters of one environment."""
    try:
        given = CfnParameterOverridesType().convert(overrides, None, None)
    except Exception as error:  # whatever SAM says of it
        return [f"SAM does not read the parameters: {error}"]
    found = [f"the template has no parameter {name}" for name in given if name not in declared]
    found += [f"{name} is not given" for name, parameter in declared.items() if "Default" not in parameter and name not in given]
    for name, value in given.items():
        found += [f"{name}={value}: {fault}" for fault in _faults_of(value, declared.get(name, {}))]
    return found


def _faults_of(value, parameter):
    allowed, pattern = parameter.get("AllowedValues"), parameter.get("AllowedPattern")
    if allowed and value not in [str(each) for each in allowed]:
        yield f"allowed are {', '.join(str(each) for each in allowed)}"
    if pattern and not re.fullmatch(pattern, value):
        yield parameter.get("ConstraintDescription", f"does not match {pattern}")
    if parameter.get("Type") == "Number":
        if not re.fullmatch(r"-?\d+(\.\d+)?", value):
            yield "is no number"
        elif float(value) < parameter.get("MinValue", float("-inf")) or float(value) > parameter.get("MaxValue", float("inf")):
            yield f"is not between {parameter.get('MinValue', '-∞')} and {parameter.get('MaxValue', '∞')}"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent.parent))
