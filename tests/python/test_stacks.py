"""What SAM makes of the stacks of functions: what is published, and who may call."""

import pathlib

import boto3
import pytest
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

STACKS = pathlib.Path(__file__).resolve().parents[2] / "stacks"
GROUPS = sorted(path.stem for path in STACKS.glob("*.toml") if path.stem not in ("permissions", "parameters"))
# What operators change: parameters of template.yaml that functions have in their environment.
SETTINGS = {"Issuer", "RegionTag", "BrandName", "LogLevel", "ClientCertificates", "Proxy", "MutualTlsDomain", "MailFrom", "SmsSender", "AdminEmail"}


def resources(group, **parameters):
    template = yaml_parse((STACKS / f"{group}.yaml").read_text())
    values = {name: "0" if declared["Type"] == "Number" else "x" for name, declared in template["Parameters"].items()}
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": "bucket", "Key": resource["Properties"]["CodeUri"]}
    session = boto3.Session(region_name="eu-west-1")
    translated = Translator({}, Parser(), [], session).translate(template, {**values, **parameters})
    return translated["Resources"]


def of_type(found, kind):
    return {name: resource for name, resource in found.items() if resource["Type"] == kind}


def referred(value):
    """The names that an expression refers to."""
    if isinstance(value, dict):
        if set(value) == {"Ref"}:
            return {value["Ref"]}
        return set().union(*map(referred, value.values()))
    if isinstance(value, list):
        return set().union(*map(referred, value))
    return {name for name in SETTINGS if isinstance(value, str) and f"${{{name}}}" in value}


@pytest.mark.parametrize("group", GROUPS)
def test_a_changed_setting_is_published_to_the_alias(group):
    found = resources(group, GradualDeployment="true")
    for name, function in of_type(found, "AWS::Lambda::Function").items():
        versions = [each for each in of_type(found, "AWS::Lambda::Version").values() if each["Properties"]["FunctionName"] == {"Ref": name}]
        assert len(versions) == 1, name
        used = referred(function["Properties"]["Environment"]) & SETTINGS
        # CloudFormation replaces a version whose description changes.
        assert used and used <= referred(versions[0]["Properties"]["Description"]), name
        assert versions[0]["DeletionPolicy"] == "Delete", name


@pytest.mark.parametrize("group", GROUPS)
def test_the_api_may_call_each_function_by_one_permission(group):
    found = resources(group, GradualDeployment="false")
    integrations = of_type(found, "AWS::ApiGatewayV2::Integration")
    called = [integration["Properties"]["IntegrationUri"]["Ref"] for integration in integrations.values()]
    permitted = [
        permission["Properties"]["FunctionName"]["Ref"]
        for permission in of_type(found, "AWS::Lambda::Permission").values()
        if permission["Properties"]["Principal"] == "apigateway.amazonaws.com"
    ]
    assert sorted(called) == sorted(permitted)
    assert len(set(called)) == len(called)
    assert all(alias.endswith("Aliaslive") for alias in called)
