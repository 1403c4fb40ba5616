"""Identity policies as IAM evaluates them: an allow that fits, and no deny that does. What is not known here is an error, not a guess."""
import re
from dataclasses import dataclass, field


@dataclass
class Call:
    """One action on one resource, with the keys that conditions may ask for."""

    action: str
    resource: str
    context: dict = field(default_factory=dict)

    def __str__(self):
        return f"{self.action} on {self.resource}"


class Statement:
    """A statement of a policy, which remembers what of it was ever needed."""

    def __init__(self, document):
        unknown = set(document) - {"Sid", "Effect", "Action", "Resource", "NotResource", "Condition"}
        if unknown:
            raise ValueError(f"a statement has {', '.join(sorted(unknown))}, which is not known here")
        self.effect = document["Effect"]
        self.actions = _list(document["Action"])
        self.resources = _list(document.get("Resource", []))
        self.not_resources = _list(document.get("NotResource", []))
        self.condition = document.get("Condition", {})

    def fits(self, call):
        """Whether the statement is about this call."""
        return self.action_of(call) is not None and self.resource_of(call) is not None and self._holds(call.context)

    def action_of(self, call):
        """Which of its actions names the call's."""
        return next((action for action in self.actions if _like(action.lower(), call.action.lower())), None)

    def resource_of(self, call):
        """Which of its resources names the call's."""
        if self.not_resources:
            return None if any(_like(resource, call.resource) for resource in self.not_resources) else "*"
        return next((resource for resource in self.resources if _like(resource, call.resource)), None)

    def grants(self):
        """What it gives: each action on each resource."""
        return {(action, resource) for action in self.actions for resource in self.resources or ["*"]}

    def _holds(self, context):
        return all(
            _compare(operator, context.get(key.lower()), _list(wanted))
            for operator, keys in self.condition.items()
            for key, wanted in keys.items()
        )


def allow(statements, call):
    """The statement that allows a call; None where it is denied."""
    fitting = [statement for statement in statements if statement.fits(call)]
    if any(statement.effect == "Deny" for statement in fitting):
        return None
    return next(iter(fitting), None)


def _compare(operator, actual, wanted):
    """One line of a condition. A key that is absent fails, but for `IfExists`, and for `ForAllValues`, which nothing contradicts."""
    set_operator, _, plain = operator.rpartition(":")
    if_exists = plain.endswith("IfExists")
    plain = plain.removesuffix("IfExists")
    negated = plain.startswith("StringNot") or plain in ("ArnNotLike", "ArnNotEquals")
    positive = plain.replace("Not", "")
    tests = {
        "StringEquals": lambda pattern, text: pattern == text,
        "StringLike": _like,
        "ArnLike": _like,
        "ArnEquals": _like,
        "StringEqualsIgnoreCase": lambda pattern, text: pattern.lower() == text.lower(),
        "Bool": lambda pattern, text: str(pattern).lower() == str(text).lower(),
    }
    if positive == "Null":
        return (actual is None) == (str(wanted[0]).lower() == "true")
    if positive not in tests:
        raise ValueError(f"the condition {operator} is not known here")
    if actual is None:
        return if_exists or negated or set_operator == "ForAllValues"
    one = lambda text: any(tests[positive](pattern, text) for pattern in wanted) != negated
    values = _list(actual)
    return any(map(one, values)) if set_operator == "ForAnyValue" else all(map(one, values))


def _like(pattern, text):
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _list(value):
    return value if isinstance(value, list) else [value]
