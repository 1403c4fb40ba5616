"""What the template deploys: each function with its environment, routes, event sources and what its role may do."""
import hashlib
import json
import re
from dataclasses import dataclass, field

from iam import Statement


@dataclass
class Source:
    """A stream or a queue that feeds a function."""

    kind: str
    arn: str
    batch_size: int
    event_names: list


@dataclass
class Function:
    """A Lambda."""

    name: str
    environment: dict
    statements: list
    routes: list = field(default_factory=list)
    sources: list = field(default_factory=list)

    def __post_init__(self):
        digest = hashlib.sha256(self.name.encode()).hexdigest()
        self.access_key = f"ASIA{digest[:16].upper()}"
        self.secret_key = digest
        self.session_token = f"token-of-{self.name}"


def functions(root):
    """Every function of a stack and the stacks below it, by name."""
    policies, roles = {}, {}
    for stack in root.every():
        for name in stack.of_type("AWS::IAM::ManagedPolicy"):
            policies[stack.value({"Ref": name})] = _statements(stack.value(stack.resources[name]["Properties"]["PolicyDocument"]))
    for stack in root.every():
        for name, role in stack.of_type("AWS::IAM::Role").items():
            roles[stack.value({"Fn::GetAtt": [name, "Arn"]})] = _role(stack.value(role["Properties"]), policies)
    found = {}
    for stack in root.every():
        named = {name: _function(stack, each, roles) for name, each in stack.of_type("AWS::Serverless::Function").items()}
        _add_routes(stack, named)
        found.update({function.name: function for function in named.values()})
    return found


def _role(properties, policies):
    statements = []
    for policy in properties.get("ManagedPolicyArns", []):
        # What AWS manages is for its own services; a function with such a policy would be denied all that it gives.
        statements += policies.get(policy, [])
    for policy in properties.get("Policies", []):
        statements += _statements(policy["PolicyDocument"])
    return statements


def _add_routes(stack, named):
    """Routes lead to integrations, and those to the functions of the same stack."""
    targets = {}
    for name, integration in stack.of_type("AWS::ApiGatewayV2::Integration").items():
        # A template names the alias of the function: `!Ref TokenFunction.Alias`.
        function = integration["Properties"]["IntegrationUri"]["Ref"].removesuffix(".Alias")
        targets[f"integrations/{stack.value({'Ref': name})}"] = named[function]
    for route in stack.of_type("AWS::ApiGatewayV2::Route").values():
        properties = stack.value(route["Properties"])
        method, path = properties["RouteKey"].split(" ")
        targets[properties["Target"]].routes.append((method, _pattern(path), path))


def _statements(document):
    return [Statement(statement) for statement in document["Statement"]]


def _function(stack, resource, roles):
    own = stack.value(resource["Properties"])
    shared = stack.value((stack.document.get("Globals") or {}).get("Function") or {})
    variables = {**shared.get("Environment", {}).get("Variables", {}), **own.get("Environment", {}).get("Variables", {})}
    name = own["CodeUri"].rstrip("/").rsplit("/", 1)[-1]
    function = Function(name, {key: str(value) for key, value in variables.items()}, roles[own["Role"]])
    for event in own.get("Events", {}).values():
        kind, properties = event["Type"], event.get("Properties", {})
        if kind in ("DynamoDB", "SQS"):
            arn = properties.get("Stream") or properties.get("Queue")
            function.sources.append(Source(kind, arn, properties.get("BatchSize", 10), _event_names(properties)))
    return function


def _event_names(properties):
    filters = properties.get("FilterCriteria", {}).get("Filters", [])
    return [name for each in filters for name in json.loads(each["Pattern"]).get("eventName", [])]


def _pattern(path):
    """A route's path as a regular expression; a greedy variable takes slashes too."""
    parts = re.split(r"(\{[^}]+\})", path)
    text = "".join(
        re.escape(part) if not part.startswith("{") else
        f"(?P<{part[1:-2]}>.+)" if part.endswith("+}") else f"(?P<{part[1:-1]}>[^/]+)"
        for part in parts
    )
    return re.compile(f"^{text}$")
