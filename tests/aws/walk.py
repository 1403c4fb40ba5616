"""Walks docs/operations/deploy.md as far as one comes without an account: what `sam deploy` would hand to CloudFormation, held to its limits.

    walk.py FOLDER-FOR-THE-RESULT

Each template (the nested ones too) is expanded (AWS::LanguageExtensions) and transformed (AWS::Serverless-2016-10-31) by SAM's own code, and
the result is written down for cfn-lint. Sizes and counts are printed with CloudFormation's limits beside them; one over fails.
"""
import json
import logging
import sys
from pathlib import Path

import yaml
from samcli.lib.translate.sam_template_validator import SamTemplateValidator

from template import Stack, read

ROOT = Path(__file__).resolve().parent.parent.parent
LIMITS = {"resources": 500, "parameters": 200, "outputs": 200, "mappings": 200, "bytes": 1_048_576}
# A deployment with all that is optional, so that no part of the template is passed over.
EVERYTHING = {
    "Issuer": "https://login.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/one",
    "HostedZoneId": "Z0000000000000",
    "ClientCertificates": "gateway",
    "MutualTlsDomain": "mtls.example.com",
    "MutualTlsCertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/two",
    "MutualTlsTruststoreUri": "s3://bucket/issuers.pem",
    "MutualTlsTruststoreVersion": "1",
    "AlarmEmail": "oncall@example.com",
    "GradualDeployment": "true",
    "PermissionsBoundary": "arn:aws:iam::000000000000:policy/boundary",
}
# From here on a template has to be uploaded, which `resolve_s3` in samconfig.toml does.
DIRECT_BYTES = 51_200


class NoManagedPolicies:
    """Roles are the template's own: no name of a policy of AWS needs to be looked up."""

    @staticmethod
    def load():
        """Nothing."""
        return {}


def transformed(stack: Stack):
    """A template as CloudFormation makes it of ours."""
    parameters = {**stack.pseudo, **{name: str(value) for name, value in stack.parameters.items()}}
    validator = SamTemplateValidator(
        json.loads(json.dumps(stack.document)), NoManagedPolicies, region="us-east-1", parameter_overrides=parameters,
        language_extensions_enabled=True,
    )
    return yaml.safe_load(validator.get_translated_template_if_valid())


def main(folder):
    """Transforms, writes, measures; the exit status."""
    # SAM's translator warns of each feature of its own that it was not told of.
    logging.basicConfig(level=logging.ERROR)
    folder.mkdir(parents=True, exist_ok=True)
    over, seen = [], set()
    print(f"{'template':<28} {'resources':>14} {'parameters':>14} {'outputs':>14} {'bytes':>22}")
    for stack in read(ROOT / "template.yaml", EVERYTHING).every():
        name = str(stack.path.resolve().relative_to(ROOT))
        if name in seen:
            continue
        seen.add(name)
        document = transformed(stack)
        # Under its own name, where the template that nests it looks for it. JSON is YAML.
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(document, indent=1))
        # SAM uploads what it has packaged; CloudFormation then bounds what the transforms make of it as well.
        size = max(len(json.dumps(document, separators=(",", ":")).encode()), stack.path.stat().st_size)
        counts = {part: len(document.get(part.capitalize()) or {}) for part in ("resources", "parameters", "outputs", "mappings")}
        counts["bytes"] = size
        print(f"{name:<28} " + " ".join(f"{counts[p]:>7} / {LIMITS[p]:<4}" for p in ("resources", "parameters", "outputs"))
              + f" {size:>11} / {LIMITS['bytes']}" + (" (uploaded: over 51,200)" if size > DIRECT_BYTES else ""))
        over += [f"{name}: {counts[part]} {part}, {limit} are allowed" for part, limit in LIMITS.items() if counts[part] > limit]
    for line in over:
        print(line)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
