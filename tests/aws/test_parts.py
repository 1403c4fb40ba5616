"""The judges are judged: IAM's evaluation, what a request counts as, signatures, and the template's values."""
import json
from types import SimpleNamespace

import pytest
from multidict import CIMultiDict

import calls
import endpoint as aws
import iam
from deployment import Function
from iam import Call, Statement
from template import Stack

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/SessionsTable"


def statement(**parts):
    return Statement({"Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": TABLE, **parts})


def test_nothing_is_allowed_that_no_statement_names():
    put = Call("dynamodb:PutItem", TABLE)
    assert iam.allow([statement()], put)
    assert iam.allow([statement(Action="dynamodb:Put*", Resource=["*"])], put)
    assert not iam.allow([], put)
    assert not iam.allow([statement()], Call("dynamodb:GetItem", TABLE))
    assert not iam.allow([statement()], Call("dynamodb:PutItem", f"{TABLE}/index/by_user"))


def test_a_deny_goes_before_every_allow():
    assert not iam.allow([statement(), statement(Effect="Deny")], Call("dynamodb:PutItem", TABLE))


def test_keys_bind_a_statement_to_their_values():
    buckets = statement(Condition={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["bucket#*"]}})
    def put(*keys):
        return Call("dynamodb:PutItem", TABLE, {"dynamodb:leadingkeys": list(keys)})
    assert iam.allow([buckets], put("bucket#a", "bucket#b"))
    assert not iam.allow([buckets], put("bucket#a", "code#b"))
    seal = statement(Condition={"StringEquals": {"kms:EncryptionContext:latchkey:purpose": "seal"}})
    context = "kms:encryptioncontext:latchkey:purpose"
    assert iam.allow([seal], Call("dynamodb:PutItem", TABLE, {context: "seal"}))
    assert not iam.allow([seal], Call("dynamodb:PutItem", TABLE, {context: "pepper"}))
    assert not iam.allow([seal], Call("dynamodb:PutItem", TABLE))


def test_an_operator_that_is_not_known_is_an_error():
    odd = statement(Condition={"NumericLessThan": {"dynamodb:Something": 1}})
    with pytest.raises(ValueError, match="NumericLessThan"):
        iam.allow([odd], Call("dynamodb:PutItem", TABLE, {"dynamodb:something": "0"}))


def asked(operation, body):
    request = SimpleNamespace(headers={"x-amz-target": f"DynamoDB_20120810.{operation}"})
    return [str(call) for call in calls.of(request, "/", json.dumps(body).encode(), {})[1]]


def test_each_element_of_a_transaction_is_an_action_of_its_own():
    key = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    elements = [
        {"Put": {"TableName": "OutboxTable", "Item": key}},
        {"ConditionCheck": {"TableName": "SessionsTable", "Key": key}},
    ]
    assert asked("TransactWriteItems", {"TransactItems": elements}) == [
        "dynamodb:PutItem on arn:aws:dynamodb:us-east-1:000000000000:table/OutboxTable",
        f"dynamodb:ConditionCheckItem on {TABLE}",
    ]


def test_a_query_of_an_index_needs_the_index():
    query = {"TableName": "SessionsTable", "IndexName": "by_user", "KeyConditionExpression": "pk = :pk"}
    assert asked("Query", query) == [f"dynamodb:Query on {TABLE}/index/by_user"]


def signed(body, tamper=None):
    function = Function("oauth-token", {}, [])
    headers = {"X-Amz-Target": "DynamoDB_20120810.GetItem", "Host": "127.0.0.1:1"}
    headers = CIMultiDict(aws.sign(function, "dynamodb", "POST", "http://127.0.0.1:1/", headers, body))
    if tamper:
        tamper(headers)
    request = SimpleNamespace(method="POST", path_qs="/", headers=headers)
    return aws.Endpoint({"oauth-token": function}, "", None)._authenticate(request, body)


def test_a_signature_is_that_of_the_request_and_the_function():
    assert signed(b"{}").name == "oauth-token"
    for name, value in (("X-Amz-Target", "DynamoDB_20120810.PutItem"), ("X-Amz-Date", "20200101T000000Z"), ("X-Amz-Security-Token", "x")):
        with pytest.raises(ValueError):
            signed(b"{}", lambda headers, name=name, value=value: headers.update({name: value}))


def test_values_go_through_nested_stacks(tmp_path):
    (tmp_path / "data.yaml").write_text(
        "Resources: {NotesTable: {Type: AWS::DynamoDB::Table}}\n"
        "Outputs: {Notes: {Value: !Ref NotesTable}, NotesArn: {Value: !GetAtt NotesTable.Arn}}\n"
    )
    (tmp_path / "template.yaml").write_text(
        "Parameters: {Name: {Type: String, Default: one}}\n"
        "Conditions: {IsOne: !Equals [!Ref Name, one]}\n"
        "Resources:\n"
        "  Data: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: data.yaml}}\n"
        "  Other: {Type: AWS::SNS::Topic, Condition: IsOne}\n"
    )
    root = Stack(tmp_path / "template.yaml", {}, {})
    assert root.value({"Fn::GetAtt": ["Data", "Outputs.Notes"]}) == "NotesTable"
    assert root.value({"Fn::Sub": "${Data.Outputs.NotesArn}/index/*"}).endswith("table/NotesTable/index/*")
    assert root.value({"Fn::If": ["IsOne", "${!x}", "b"]}) == "${!x}"
    assert list(root.of_type("AWS::SNS::Topic")) == ["Other"]
    assert not Stack(tmp_path / "template.yaml", {"Name": "two"}, {}).of_type("AWS::SNS::Topic")
