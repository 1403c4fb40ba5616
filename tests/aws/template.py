"""Reads template.yaml with its nested stacks as CloudFormation would, as far as functions, roles, routes and their values go."""
import re
from pathlib import Path

import yaml

REGION, ACCOUNT, PARTITION = "us-east-1", "000000000000", "aws"
# The key as the stand-ins know it.
KEY = "alias/latchkey/local"
NO_VALUE = object()


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, made the long form."""


def _tagged(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix in ("Ref", "Condition"):
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", _tagged)


def load(path):
    """A template as JSON, every short tag in its long form."""
    return yaml.load(Path(path).read_text(encoding="utf-8"), Loader)


class Stack:
    """One template with the values of its parameters; nested stacks are `children` by logical id."""

    def __init__(self, path, parameters, pseudo):
        self.path, self.document, self.pseudo = Path(path), load(path), pseudo
        self.parameters = {}
        for name, parameter in (self.document.get("Parameters") or {}).items():
            if name in parameters:
                self.parameters[name] = parameters[name]
            elif "Default" in parameter:
                self.parameters[name] = str(parameter["Default"])
            else:
                raise ValueError(f"{path}: the parameter {name} has no value")
        self.resources = self._expanded(self.document["Resources"])
        self.children = {}
        for name, resource in self.resources.items():
            location = self._nested(resource)
            if location and self._is_made(resource):
                values = self.value(resource["Properties"].get("Parameters", {}))
                self.children[name] = Stack(self.path.parent / location, values, pseudo)

    def every(self):
        """This stack and all below it."""
        yield self
        for child in self.children.values():
            yield from child.every()

    def of_type(self, kind):
        """The resources of one type that are made here, by logical id."""
        return {n: r for n, r in self.resources.items() if r["Type"] == kind and self._is_made(r)}

    def value(self, node):
        """A value with all its functions carried out."""
        if isinstance(node, list):
            return [value for value in map(self.value, node) if value is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (name, argument), = node.items()
            if name == "Ref":
                return self._ref(argument)
            if name.startswith("Fn::"):
                return self._call(name[4:], argument)
        values = {key: self.value(inner) for key, inner in node.items()}
        return {key: value for key, value in values.items() if value is not NO_VALUE}

    def condition(self, node):
        """Whether a condition holds."""
        if isinstance(node, str):
            return self.condition(self.document["Conditions"][node])
        (name, argument), = node.items()
        if name == "Condition":
            return self.condition(argument)
        if name == "Fn::Equals":
            return str(self.value(argument[0])) == str(self.value(argument[1]))
        if name == "Fn::Not":
            return not self.condition(argument[0])
        parts = [self.condition(part) for part in argument]
        return {"Fn::And": all, "Fn::Or": any}[name](parts)

    def _is_made(self, resource):
        return "Condition" not in resource or self.condition(resource["Condition"])

    @staticmethod
    def _nested(resource):
        properties = resource.get("Properties") or {}
        where = {"AWS::Serverless::Application": "Location", "AWS::CloudFormation::Stack": "TemplateURL"}
        location = properties.get(where.get(resource["Type"], ""))
        return location if isinstance(location, str) and "://" not in location else None

    def _expanded(self, resources):
        """The resources with their loops (Fn::ForEach) run."""
        flat = {}
        for name, resource in resources.items():
            if not name.startswith("Fn::ForEach::"):
                flat[name] = resource
                continue
            variable, over, body = resource
            items = over if isinstance(over, list) else self.value(over)
            items = items.split(",") if isinstance(items, str) else items
            for item in items:
                flat.update(self._expanded(_with(body, variable, item)))
        return flat

    def _ref(self, name):
        if name in self.parameters:
            return self.parameters[name]
        if name == "AWS::NoValue":
            return NO_VALUE
        return self.pseudo[name] if name in self.pseudo else physical(name, self.resources[name]["Type"])

    def _attribute(self, name, attribute):
        if name in self.children and attribute.startswith("Outputs."):
            child = self.children[name]
            return child.value(child.document["Outputs"][attribute.split(".", 1)[1]]["Value"])
        return arn(name, self.resources[name]["Type"], attribute)

    def _call(self, function, argument):
        if function == "GetAtt":
            parts = argument if isinstance(argument, list) else argument.split(".", 1)
            return self._attribute(parts[0], ".".join(parts[1:]))
        if function == "Sub":
            text, own = (argument, {}) if isinstance(argument, str) else (argument[0], self.value(argument[1]))
            return re.sub(r"\$\{(!?)([^}]+)\}", lambda found: self._substitute(found, own), text)
        if function == "If":
            return self.value(argument[1] if self.condition(argument[0]) else argument[2])
        if function == "Join":
            return argument[0].join(str(part) for part in self.value(argument[1]))
        if function == "Split":
            return self.value(argument[1]).split(argument[0])
        if function == "Select":
            return self.value(argument[1])[int(self.value(argument[0]))]
        if function == "FindInMap":
            first, second, third = self.value(argument)[:3]
            return self.document["Mappings"][first][second][third]
        raise ValueError(f"{self.path}: Fn::{function} is not known here")

    def _substitute(self, found, own):
        literal, name = found.groups()
        if literal:
            return "${" + name + "}"
        if name in own:
            return str(own[name])
        return str(self._attribute(*name.split(".", 1)) if "." in name else self._ref(name))


def _with(node, variable, item):
    """A loop's body for one item."""
    if node == {"Ref": variable}:
        return item
    if isinstance(node, dict):
        return {_with(key, variable, item): _with(value, variable, item) for key, value in node.items()}
    if isinstance(node, list):
        return [_with(each, variable, item) for each in node]
    if isinstance(node, str):
        return node.replace("${" + variable + "}", item).replace("&{" + variable + "}", item)
    return node


def physical(name, kind):
    """What `Ref` of a resource gives; tables and queues bear their logical ids on the stand-ins."""
    if kind == "AWS::SQS::Queue":
        return f"http://127.0.0.1/{ACCOUNT}/{name}"
    if kind == "AWS::KMS::Key":
        return KEY
    if kind in ("AWS::IAM::ManagedPolicy", "AWS::SNS::Topic"):
        return arn(name, kind, "Arn")
    return name


def arn(name, kind, attribute):
    """What `Fn::GetAtt` of a resource gives."""
    place = f"{REGION}:{ACCOUNT}"
    known = {
        ("AWS::DynamoDB::Table", "Arn"): f"arn:aws:dynamodb:{place}:table/{name}",
        ("AWS::DynamoDB::Table", "StreamArn"): f"arn:aws:dynamodb:{place}:table/{name}/stream/0",
        ("AWS::SQS::Queue", "Arn"): f"arn:aws:sqs:{place}:{name}",
        ("AWS::SQS::Queue", "QueueName"): name,
        ("AWS::KMS::Key", "Arn"): KEY,
    }
    service = kind.split("::")[1].lower()
    return known.get((kind, attribute), f"arn:aws:{service}:{place}:{name}/{attribute}")


def read(path, given):
    """A deployment with these parameters; what is neither given nor has a default gets a value that is allowed."""
    parameters = {"MailFrom": "no-reply@example.com", "AdminEmail": "root@example.com", **given}
    declared = load(path).get("Parameters") or {}
    for name, parameter in declared.items():
        if "Default" not in parameter:
            parameters.setdefault(name, parameter.get("AllowedValues", ["x"])[0])
    pseudo = {"AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": PARTITION, "AWS::StackName": "latchkey",
              "AWS::URLSuffix": "amazonaws.com", "AWS::StackId": "stack"}
    return Stack(path, {n: v for n, v in parameters.items() if n in declared}, pseudo)
