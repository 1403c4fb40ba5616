"""Which actions a request to AWS is, on which resources: as the Service Authorization Reference has them."""
import json
import re
from urllib.parse import parse_qs

from iam import Call
from template import ACCOUNT, KEY, REGION

PLACE = f"{REGION}:{ACCOUNT}"
PREFIXES = {"DynamoDB_20120810": "dynamodb", "DynamoDBStreams_20120810": "dynamodb", "TrentService": "kms", "AmazonSQS": "sqs", "secretsmanager": "secretsmanager"}
TRANSACTION_ACTIONS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem", "Get": "GetItem"}
SQS_ACTIONS = {"SendMessageBatch": "SendMessage", "DeleteMessageBatch": "DeleteMessage", "ChangeMessageVisibilityBatch": "ChangeMessageVisibility"}


def of(request, path, body, iterators):
    """The service of a request, and the calls that it is. A shard iterator is opaque: `iterators` tells whose stream each is of."""
    target = request.headers.get("x-amz-target")
    if target:
        prefix, operation = target.split(".", 1)
        if prefix not in PREFIXES:
            raise ValueError(f"the service {prefix} is not known here")
        service = PREFIXES[prefix]
        asked = json.loads(body or b"{}")
        if operation == "GetRecords":
            return service, [Call("dynamodb:GetRecords", iterators.get(asked["ShardIterator"], "unknown"))]
        by_service = {"dynamodb": _dynamodb, "kms": _kms, "sqs": _sqs, "secretsmanager": _secret}
        return service, by_service[service](operation, asked)
    if path == "/v2/email/outbound-emails":
        return "ses", _ses(json.loads(body))
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    resource = form.get("TopicArn") or form.get("TargetArn") or form.get("PhoneNumber", "")
    return "sns", [Call(f"sns:{form['Action']}", resource)]


def _dynamodb(operation, asked):
    if operation in ("TransactWriteItems", "TransactGetItems"):
        return [_transacted(element) for element in asked["TransactItems"]]
    if operation in ("BatchGetItem", "BatchWriteItem"):
        return [
            _on_table(operation, table, _batch_keys(what)) for table, what in asked["RequestItems"].items()
        ]
    if operation in ("DescribeStream", "GetShardIterator"):
        table = re.search(r"table/([^/]+)/", asked["StreamArn"])
        return [Call(f"dynamodb:{operation}", f"arn:aws:dynamodb:{PLACE}:table/{table[1] if table else '?'}/stream/0")]
    if "TableName" not in asked:
        return [Call(f"dynamodb:{operation}", "*")]
    keys = [asked.get("Key") or asked.get("Item")]
    if operation == "Query":
        keys = [_queried(asked)]
    call = _on_table(operation, asked["TableName"], keys)
    if "IndexName" in asked:
        call.resource += f"/index/{asked['IndexName']}"
    return [call]


def _transacted(element):
    (kind, asked), = element.items()
    return _on_table(TRANSACTION_ACTIONS[kind], asked["TableName"], [asked.get("Key") or asked.get("Item")])


def _batch_keys(what):
    if isinstance(what, dict):
        return what["Keys"]
    return [request["PutRequest"]["Item"] if "PutRequest" in request else request["DeleteRequest"]["Key"] for request in what]


def _queried(asked):
    """The partition that a query reads: `pk = :pk`, by whatever names."""
    names, values = asked.get("ExpressionAttributeNames", {}), asked.get("ExpressionAttributeValues", {})
    for name, value in re.findall(r"([#\w]+)\s*=\s*(:\w+)", asked["KeyConditionExpression"]):
        return {"pk": values.get(value), "name": names.get(name, name)}
    return None


def _on_table(action, table, keys):
    leading = [key["pk"]["S"] for key in keys if key and key.get("pk")]
    context = {"dynamodb:leadingkeys": leading} if leading else {}
    return Call(f"dynamodb:{action}", f"arn:aws:dynamodb:{PLACE}:table/{table}", context)


def _kms(operation, asked):
    encrypted = asked.get("EncryptionContext", {})
    context = {f"kms:encryptioncontext:{key}".lower(): value for key, value in encrypted.items()}
    context["kms:encryptioncontextkeys"] = list(encrypted)
    # There is one key; Decrypt finds it in what it is given.
    return [Call(f"kms:{operation}", KEY, context)]


def _sqs(operation, asked):
    name = asked.get("QueueUrl", "").rsplit("/", 1)[-1]
    return [Call(f"sqs:{SQS_ACTIONS.get(operation, operation)}", f"arn:aws:sqs:{PLACE}:{name}")]


def _secret(operation, asked):
    return [Call(f"secretsmanager:{operation}", asked["SecretId"])]


def _ses(asked):
    """SES asks for the identity of the sender: of the address, or of its domain."""
    sender = re.search(r"<([^>]+)>", asked["FromEmailAddress"])
    address = sender[1] if sender else asked["FromEmailAddress"]
    call = Call("ses:SendEmail", f"arn:aws:ses:{PLACE}:identity/{address.split('@')[1]}", {"ses:fromaddress": address})
    return [call]
