"""Writes the stacks of functions from the tables beside this file: `scripts/stacks`. With --check, compares instead of writing.

GROUP.toml lists the functions of a group, permissions.toml what they may be allowed, parameters.toml what they take from the
deployment. What every function has alike (role, log group, alarm, integration, permission to be called) is written here, once.
"""

import json
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
TEMPLATE = HERE.parent / "template.yaml"
BEGIN = "  # ---------------------------------------------------------------- groups of functions: scripts/stacks writes these\n"
END = "  # ---------------------------------------------------------------- end of what scripts/stacks writes\n"
NUMBERS = {"LogRetentionDays", "ReservedConcurrency"}
NOT_GROUPS = {"permissions", "parameters"}
FUNCTION_KEYS = {"description", "memory", "timeout", "reserved", "routes", "queue", "stream", "schedule", "environment", "may", "outputs"}
RESERVED = "!If [HasReservedConcurrency, !Ref ReservedConcurrency, !Ref AWS::NoValue]"
LAMBDA_MAY_ASSUME = '{Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}'


def load(name):
    return tomllib.loads((HERE / f"{name}.toml").read_text())


PERMISSIONS = load("permissions")
PARAMETERS = load("parameters")
SETTINGS = PARAMETERS["settings"]
SHARED = {name: setting["from"] for name, setting in SETTINGS.items()} | PARAMETERS["resources"] | PARAMETERS["operation"]
# The longest description of a version that Lambda takes.
DESCRIPTION_LIMIT = 256


def pascal(name):
    return "".join(word[:1].upper() + word[1:] for word in re.split("[-_]", name))


def quoted(text):
    """A YAML scalar: plain where it may be."""
    plain = re.fullmatch(r"[A-Za-z/][^#:{}\[\],&*'\"]*", text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def arn(service, rest):
    return f"!Sub arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}"


def statement(sid, actions, resource, condition=None, field="Resource"):
    resource = [resource] if isinstance(resource, str) else resource
    lines = [f"- Sid: {sid}", "  Effect: Allow", f"  Action: [{', '.join(actions)}]"]
    if len(resource) == 1:
        lines.append(f"  {field}: {resource[0]}")
    else:
        lines += [f"  {field}:"] + [f"    - {each}" for each in resource]
    return lines + ([f"  Condition: {condition}"] if condition else [])


def permitted(name):
    """The statement of a permission of permissions.toml."""
    permission = PERMISSIONS[name]
    condition = permission.get("condition")
    if "table" in permission:
        resource = arn("dynamodb", f"table/${{{permission['table']}Table}}")
    elif "key" in permission:
        purposes = permission["key"]
        purposes = purposes[0] if len(purposes) == 1 else f"[{', '.join(purposes)}]"
        resource = "!Ref DataKey"
        condition = '{StringEquals: {"kms:EncryptionContext:latchkey:purpose": ' + purposes + "}}"
    else:
        resource = permission.get("resource") or permission["except"]
    field = "NotResource" if "except" in permission else "Resource"
    return statement(name, permission["actions"], resource, condition, field)


def sources(function):
    """What calls a function beside routes: the lines of its events, of further properties, and of its role."""
    events, properties, statements = [], [], []
    if queue := function.get("queue"):
        name = queue["name"]
        events += [f"{name}:", "  Type: SQS", "  Properties:", f"    Queue: !Ref {name}QueueArn", f"    BatchSize: {queue['batch']}"]
        if "concurrency" in queue:
            events.append(f"    ScalingConfig: {{MaximumConcurrency: {queue['concurrency']}}}")
        events.append("    FunctionResponseTypes: [ReportBatchItemFailures]")
        actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        actions += ["sqs:ChangeMessageVisibility"] if queue.get("postpones") else []
        statements += statement(f"Receive{name}", actions, f"!Ref {name}QueueArn")
    if name := function.get("stream"):
        events += [
            f"{name}:",
            "  Type: DynamoDB",
            "  Properties:",
            f"    Stream: !Ref {name}Stream",
            "    StartingPosition: TRIM_HORIZON",
            "    BatchSize: 100",
            "    # Not the removals by TTL.",
            "    FilterCriteria: {Filters: [{Pattern: '{\"eventName\":[\"INSERT\"]}'}]}",
            "    FunctionResponseTypes: [ReportBatchItemFailures]",
            "    BisectBatchOnFunctionError: true",
            "    MaximumRetryAttempts: 10",
            "    MaximumRecordAgeInSeconds: 86400",
            "    DestinationConfig: {OnFailure: {Type: SQS, Destination: !Ref DispatchDeadLettersArn}}",
        ]
        read = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
        statements += statement(f"Read{name}Stream", read, f"!Ref {name}Stream")
        # Lists names only, and takes no narrower resource.
        statements += statement("ListStreams", ["dynamodb:ListStreams"], '"*"')
        statements += statement("ReportFailures", ["sqs:SendMessage"], "!Ref DispatchDeadLettersArn")
    if schedule := function.get("schedule"):
        events += ["Schedule:", "  Type: Schedule", f"  Properties: {{Schedule: {schedule}}}"]
        properties += [
            "EventInvokeConfig:",
            "  MaximumRetryAttempts: 2",
            "  DestinationConfig: {OnFailure: {Type: SQS, Destination: !Ref JobsDeadLettersArn}}",
        ]
        statements += statement("ReportFailures", ["sqs:SendMessage"], "!Ref JobsDeadLettersArn")
    return events, properties, statements


def environment_of(group, function=None):
    """The variables of a group's functions, or those that one function has beside them."""
    if function is not None:
        return function.get("environment", {})
    common = PARAMETERS["environment"]
    routed = any("routes" in each for each in group.values())
    return common["all"] | (common["routes"] if routed else {})


def settings_of(group, function):
    """The settings that a function's environment names."""
    text = "\n".join((environment_of(group) | environment_of(group, function)).values())
    return [name for name in SETTINGS if re.search(rf"\b{name}\b", text)]


def indented(lines, spaces):
    return "".join(" " * spaces + line + "\n" for line in lines)


def function_text(group, name, function):
    unknown = set(function) - FUNCTION_KEYS
    if unknown:
        sys.exit(f"{name}: there is no {', '.join(sorted(unknown))}; known are {', '.join(sorted(FUNCTION_KEYS))}")
    id, routes = pascal(name), function.get("routes", [])
    events, properties, statements = sources(function)
    settings = settings_of(group, function)
    version = " ".join(f"${{{setting}}}" for setting in settings)
    if sum(SETTINGS[setting]["longest"] + 1 for setting in settings) > DESCRIPTION_LIMIT:
        sys.exit(f"{name}: its settings may be longer than the description of a version")
    lines = [
        "Type: AWS::Serverless::Function",
        "Metadata: {SkipBuild: true}",
        "Properties:",
        f"  Description: {quoted(function['description'])}",
        f"  CodeUri: ../target/lambda/{name}/",
        *([f"  MemorySize: {function['memory']}"] if "memory" in function else []),
        *([f"  Timeout: {function['timeout']}"] if "timeout" in function else []),
        *([f"  ReservedConcurrentExecutions: {RESERVED}"] if function.get("reserved") else []),
        f"  Role: !GetAtt {id}Role.Arn",
        f"  LoggingConfig: {{LogGroup: !Ref {id}Logs}}",
        # A change of any property is published, and not of the code alone. SAM does not see the values of parameters: they are in the
        # version's description, and CloudFormation replaces a version whose description changes.
        "  AutoPublishAliasAllProperties: true",
        # The version before goes once the alias has left it: what is rolled back to is deployed.
        "  VersionDeletionPolicy: Delete",
        f"  VersionDescription: !Sub {json.dumps(version)}",
        f"  DeploymentPreference: {{Alarms: [!Ref {id}Alarm]}}",
    ]
    lines += ["  " + line for line in properties]
    if own := environment_of(group, function):
        lines += ["  Environment:", "    Variables:"] + [f"      {key}: {value}" for key, value in own.items()]
    if events:
        lines += ["  Events:"] + ["    " + line for line in events]
    text = f"  {id}Function:\n" + indented(lines, 4)

    logs = statement("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], f"!GetAtt {id}Logs.Arn")
    # Whoever answers requests knows whether they came through the proxy.
    may = function.get("may", []) + (["ReadOriginSecret"] if routes else [])
    granted = [line for each in may for line in permitted(each)]
    text += f"  {id}Role:\n" + indented(
        [
            "Type: AWS::IAM::Role",
            "Properties:",
            f"  AssumeRolePolicyDocument: {LAMBDA_MAY_ASSUME}",
            "  PermissionsBoundary: !If [HasBoundary, !Ref PermissionsBoundary, !Ref AWS::NoValue]",
            "  Policies:",
            "    - PolicyName: role",
            "      PolicyDocument:",
            '        Version: "2012-10-17"',
            "        Statement:",
            *("          " + line for line in logs + granted + statements),
        ],
        4,
    )
    text += f"  {id}Logs:\n" + indented(
        [
            "Type: AWS::Logs::LogGroup",
            "DeletionPolicy: Delete",
            "UpdateReplacePolicy: Retain",
            "Properties:",
            f"  LogGroupName: !Sub /latchkey/${{Deployment}}/{id}",
            "  RetentionInDays: !Ref LogRetentionDays",
            "  KmsKeyId: !Ref DataKey",
        ],
        4,
    )
    metric = "{Namespace: AWS/Lambda, MetricName: %s, Dimensions: [{Name: FunctionName, Value: !Ref " + id + "Function}]}"
    text += f"  {id}Alarm:\n" + indented(
        [
            "Type: AWS::CloudWatch::Alarm",
            "Properties:",
            f"  AlarmDescription: {id} fails or is throttled",
            "  Metrics:",
            "    - {Id: failures, Expression: errors + throttles, Label: errors and throttles}",
            f"    - {{Id: errors, ReturnData: false, MetricStat: {{Metric: {metric % 'Errors'}, Period: 60, Stat: Sum}}}}",
            f"    - {{Id: throttles, ReturnData: false, MetricStat: {{Metric: {metric % 'Throttles'}, Period: 60, Stat: Sum}}}}",
            "  ComparisonOperator: GreaterThanOrEqualToThreshold",
            "  Threshold: 3",
            "  EvaluationPeriods: 2",
            "  TreatMissingData: notBreaching",
            "  AlarmActions: [!Ref AlarmTopic]",
            "  OKActions: [!Ref AlarmTopic]",
        ],
        4,
    )
    return text + (routes_text(id, routes) if routes else "")


def with_head(routes):
    """HEAD beside each GET: monitors and link scanners ask so, and API Gateway answers HEAD by no other route."""
    return routes + ["HEAD " + route.removeprefix("GET ") for route in routes if route.startswith("GET ")]


def routes_text(id, routes):
    """How the API calls a function: one integration, one permission, and a route for each of its routes."""
    text = f"  {id}Integration:\n" + indented(
        [
            "Type: AWS::ApiGatewayV2::Integration",
            "Properties:",
            "  ApiId: !Ref Api",
            "  IntegrationType: AWS_PROXY",
            f"  IntegrationUri: !Ref {id}Function.Alias",
            '  PayloadFormatVersion: "2.0"',
        ],
        4,
    )
    text += f"  {id}Permission:\n" + indented(
        [
            "Type: AWS::Lambda::Permission",
            "Properties:",
            "  Action: lambda:InvokeFunction",
            f"  FunctionName: !Ref {id}Function.Alias",
            "  Principal: apigateway.amazonaws.com",
            "  SourceArn: " + arn("execute-api", "${Api}/*"),
        ],
        4,
    )
    for number, route in enumerate(with_head(routes)):
        properties = f"{{ApiId: !Ref Api, RouteKey: {quoted(route)}, Target: !Sub \"integrations/${{{id}Integration}}\"}}"
        text += f"  {id}Route{number + 1}: {{Type: AWS::ApiGatewayV2::Route, Properties: {properties}}}\n"
    return text


def used_parameters(text):
    return [name for name in SHARED if re.search(rf"(!Ref |\${{){name}\b(?!\.)", text)]


def group_text(name, table):
    title, extra = table.pop("title"), table.pop("resources", "")
    parts = [function_text(table, each, function) for each, function in table.items()]
    body = "Resources:\n" + "\n".join(parts) + (f"\n{extra.rstrip()}\n" if extra else "")
    outputs = {key: value for each in table.values() for key, value in each.get("outputs", {}).items()}
    if outputs:
        body += "\nOutputs:\n" + "".join(f"  {key}: {{Value: {value}}}\n" for key, value in outputs.items())
    variables = "".join(f"        {key}: {value}\n" for key, value in environment_of(table).items())
    reserves = any(each.get("reserved") for each in table.values())
    conditions = "  HasReservedConcurrency: !Not [!Equals [!Ref ReservedConcurrency, 0]]\n" if reserves else ""
    head = f"""Conditions:
  HasBoundary: !Not [!Equals [!Ref PermissionsBoundary, ""]]
{conditions}
Globals:
  Function:
    Runtime: provided.al2023
    Architectures: [arm64]
    Handler: bootstrap
    MemorySize: 256
    Timeout: 10
    AutoPublishAlias: live
    LoggingConfig: {{LogFormat: JSON}}
    DeploymentPreference:
      Enabled: !Ref GradualDeployment
      Type: Canary10Percent5Minutes
      Role: !Ref DeploymentRole
    Environment:
      Variables:
{variables}
"""
    names = used_parameters(head + body)
    parameters = "".join(f"  {each}: {{Type: {'Number' if each in NUMBERS else 'String'}}}\n" for each in names)
    return names, (
        f"# {title}\n# Written by scripts/stacks from {name}.toml: change that.\n"
        'AWSTemplateFormatVersion: "2010-09-09"\nTransform: AWS::Serverless-2016-10-31\n'
        f"Description: {quoted('Latchkey, ' + name)}\n\nParameters:\n{parameters}\n{head}{body}"
    )


def stack_text(name, parameters):
    """A group as a stack nested in template.yaml."""
    lines = ["Type: AWS::CloudFormation::Stack", "Properties:", f"  TemplateURL: stacks/{name}.yaml", "  Parameters:"]
    return f"  {pascal(name)}Stack:\n" + indented(lines + [f"    {each}: {SHARED[each]}" for each in parameters], 4)


def main():
    groups = sorted(path.stem for path in HERE.glob("*.toml") if path.stem not in NOT_GROUPS)
    files, nested = {}, ""
    for name in groups:
        parameters, text = group_text(name, load(name))
        files[HERE / f"{name}.yaml"] = text
        nested += stack_text(name, parameters)
    before, rest = TEMPLATE.read_text().split(BEGIN)
    after = rest.split(END)[1]
    files[TEMPLATE] = before + BEGIN + nested + END + after
    stale = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv[1:]:
        if stale:
            sys.exit("not as scripts/stacks writes them: " + ", ".join(path.name for path in stale))
        return
    for path in stale:
        path.write_text(files[path])


main()
