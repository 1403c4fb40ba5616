//! The reader, on small templates and on the real one.

use std::time::Duration;

use http::Method;
use serde_json::json;

use super::{
    Cadence, EventSource, Function, Origin, Redrive, Route, RouteMatch, Template, TemplateError, Values,
};

const SMALL: &str = r#"
Parameters:
  Issuer: {Type: String}
  Limit: {Type: Number, Default: 7}
Globals:
  Function:
    MemorySize: 256
    Timeout: 10
    Environment:
      Variables: {TABLE: !Ref Notes, ISSUER: !Ref Issuer, LIMIT: !Ref Limit}
Resources:
  Notes:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: owner, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      GlobalSecondaryIndexes:
        - IndexName: by_owner
          KeySchema: [{AttributeName: owner, KeyType: HASH}, {AttributeName: pk, KeyType: RANGE}]
          Projection: {ProjectionType: ALL}
      TimeToLiveSpecification: {AttributeName: ttl, Enabled: true}
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  Work:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 180
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5}
  Dead: {Type: AWS::SQS::Queue}
  NotesFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/notes-read/
      MemorySize: 512
      Environment:
        Variables: {KEY: !GetAtt Key.Arn, URL: !Sub 'https://${Host}/${Notes}${!x}'}
      Events:
        Changes:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Notes.StreamArn
            FilterCriteria: {Filters: [{Pattern: '{"eventName":["INSERT"]}'}]}
        Work: {Type: SQS, Properties: {Queue: !GetAtt Work.Arn, BatchSize: 5}}
        Daily: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
  NotesIntegration: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationUri: !Ref NotesFunction.Alias}}
  NotesRoute: {Type: AWS::ApiGatewayV2::Route, Properties: {RouteKey: 'GET /notes/{id}', Target: !Sub 'integrations/${NotesIntegration}'}}
  Fn::ForEach::Alarms: [Name, [A, B], {}]
"#;

fn small() -> Template {
    Template::parse(SMALL).unwrap()
}

fn deployed() -> Template {
    Template::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml")).unwrap()
}

fn reader() -> Function {
    small().function("notes-read").unwrap().clone()
}

fn routes(keys: &[&str]) -> Template {
    let mut template = small();
    template.routes = keys
        .iter()
        .map(|key| {
            let (method, path) = key.split_once(' ').unwrap();
            Route { method: method.to_owned(), path: path.to_owned(), function: (*key).to_owned() }
        })
        .collect();
    template
}

#[test]
fn function_has_its_own_settings_before_the_globals() {
    let function = reader();
    assert_eq!(function.resource, "NotesFunction");
    assert_eq!(function.memory_mb, 512);
    assert_eq!(function.timeout, Duration::from_secs(10));
}

#[test]
fn environment_is_resolved_from_values_then_defaults() {
    let values: Values =
        [("Notes", "notes-1"), ("Issuer", "https://id.test"), ("Key.Arn", "k")].into_iter().collect();
    let values = values.with("Host", "h");
    let environment = small().environment(&reader(), &values).unwrap();
    assert_eq!(environment["TABLE"], "notes-1");
    assert_eq!(environment["ISSUER"], "https://id.test");
    assert_eq!(environment["LIMIT"], "7");
    assert_eq!(environment["KEY"], "k");
    assert_eq!(environment["URL"], "https://h/notes-1${x}");
}

#[test]
fn reference_without_a_value_is_refused() {
    let error = small().environment(&reader(), &Values::default());
    assert!(matches!(error, Err(TemplateError::Unresolved(name)) if name == "Issuer" || name == "Key.Arn"));
}

#[test]
fn table_becomes_a_create_request() {
    let template = small();
    let table = &template.tables[0];
    assert_eq!(table.ttl.as_deref(), Some("ttl"));
    assert_eq!(
        table.create_request("notes-1"),
        json!({
            "TableName": "notes-1",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "owner", "AttributeType": "S"},
            ],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "GlobalSecondaryIndexes": [{
                "IndexName": "by_owner",
                "KeySchema": [
                    {"AttributeName": "owner", "KeyType": "HASH"},
                    {"AttributeName": "pk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }],
            "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
        })
    );
}

#[test]
fn queues_have_timeouts_and_dead_letters() {
    let template = small();
    let queue = |id: &str| template.queues.iter().find(|queue| queue.logical_id == id);
    let work = queue("Work").unwrap();
    assert_eq!(work.visibility_timeout, Duration::from_secs(180));
    let redrive = Redrive { dead_letters: "Dead".to_owned(), max_receives: 5 };
    assert_eq!(work.redrive, Some(redrive));
    assert_eq!(queue("Dead").unwrap().visibility_timeout, Duration::from_secs(30));
}

#[test]
fn sources_and_schedules_name_their_function() {
    let template = small();
    let source = |origin, batch_size, event_names: &[&str]| EventSource {
        origin,
        function: "notes-read".to_owned(),
        batch_size,
        event_names: event_names.iter().map(ToString::to_string).collect(),
    };
    let stream = source(Origin::Stream("Notes".to_owned()), 100, &["INSERT"]);
    let queue = source(Origin::Queue("Work".to_owned()), 5, &[]);
    assert_eq!(template.sources, [stream, queue]);
    let day = Cadence::Every(Duration::from_secs(86_400));
    assert_eq!(template.schedules[0].cadence, day);
}

#[test]
fn cadence_is_a_rate_or_a_cron_expression() {
    let minutes: Cadence = "rate(5 minutes)".parse().unwrap();
    assert_eq!(minutes, Cadence::Every(Duration::from_secs(300)));
    let cron: Cadence = "cron(17 3 * * ? *)".parse().unwrap();
    assert_eq!(cron, Cadence::Cron("17 3 * * ? *".to_owned()));
    for wrong in ["", "rate(x day)", "rate(1 week)", "rate(1 day", "daily"] {
        assert!(wrong.parse::<Cadence>().is_err(), "{wrong}");
    }
}

#[test]
fn literal_path_wins_over_variable_and_variable_over_rest() {
    let template = routes(&["GET /a/{rest+}", "GET /a/{id}", "GET /a/me", "GET /a/{id}/b"]);
    let found = |path: &str| match template.route(&Method::GET, path) {
        RouteMatch::Found { function, .. } => Some(function.to_owned()),
        RouteMatch::MethodNotAllowed { .. } | RouteMatch::NotFound => None,
    };
    assert_eq!(found("/a/me").as_deref(), Some("GET /a/me"));
    assert_eq!(found("/a/you").as_deref(), Some("GET /a/{id}"));
    assert_eq!(found("/a/you/b").as_deref(), Some("GET /a/{id}/b"));
    assert_eq!(found("/a/you/c").as_deref(), Some("GET /a/{rest+}"));
    assert_eq!(found("/a/"), None);
    assert_eq!(found("/a"), None);
}

#[test]
fn path_variables_are_decoded() {
    let template = routes(&["GET /a/{id}/{rest+}"]);
    let RouteMatch::Found { path_params, .. } = template.route(&Method::GET, "/a/x%20y/b%2Fc/d+e") else {
        unreachable!("the route is there");
    };
    assert_eq!(path_params["id"], "x y");
    assert_eq!(path_params["rest"], "b/c/d+e");
}

#[test]
fn known_path_with_another_method_tells_which_are_allowed() {
    let template = routes(&["POST /a", "GET /a", "ANY /b"]);
    let refused = template.route(&Method::PUT, "/a");
    let allow = vec!["GET", "POST"];
    assert_eq!(refused, RouteMatch::MethodNotAllowed { allow });
    assert!(matches!(template.route(&Method::PUT, "/b"), RouteMatch::Found { .. }));
    assert_eq!(template.route(&Method::GET, "/c"), RouteMatch::NotFound);
}

#[test]
fn malformed_template_is_refused() {
    assert!(matches!(Template::parse("a: [b"), Err(TemplateError::Malformed(_))));
    assert!(matches!(Template::parse("a: b"), Err(TemplateError::Unknown { .. })));
    assert!(matches!(Template::read("absent.yaml"), Err(TemplateError::Unreadable { .. })));
}

#[test]
fn route_to_something_else_than_a_function_is_refused() {
    let text = SMALL.replace("NotesFunction.Alias", "Notes.Alias");
    assert!(matches!(Template::parse(&text), Err(TemplateError::Target(key)) if key == "GET /notes/{id}"));
}

#[test]
fn nested_stack_speaks_of_the_whole() {
    let folder = std::env::temp_dir().join(format!("latchkey-stacks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write(
        "whole.yaml",
        r"
Parameters: {Host: {Type: String, Default: id.test}}
Resources:
  DataStack: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: data.yaml}}
  WorkStack:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: work.yaml
      Parameters: {Domain: !Ref Host, WorkArn: !GetAtt DataStack.Outputs.QueueArn, Level: info}
",
    );
    write(
        "data.yaml",
        "{Resources: {Work: {Type: AWS::SQS::Queue}}, Outputs: {QueueArn: {Value: !GetAtt Work.Arn}}}",
    );
    write(
        "work.yaml",
        r"
Resources:
  WorkFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../target/lambda/work/
      Environment: {Variables: {URL: !Sub 'https://${Domain}/${WorkArn}', LEVEL: !Ref Level}}
      Events: {Work: {Type: SQS, Properties: {Queue: !Ref WorkArn}}}
",
    );
    let template = Template::read(folder.join("whole.yaml")).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(template.sources[0].origin, Origin::Queue("Work".to_owned()));
    let values: Values = [("Work.Arn", "arn")].into_iter().collect();
    let environment = template.environment(&template.functions[0], &values).unwrap();
    assert_eq!(environment["URL"], "https://id.test/arn");
    assert_eq!(environment["LEVEL"], "info");
}

#[test]
fn unknown_event_type_is_refused() {
    let text = "Resources: {F: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: Kinesis, Properties: {}}}}}}";
    assert!(matches!(Template::parse(text), Err(TemplateError::Unknown { part, .. }) if part == "F"));
}

#[test]
fn deployed_template_names_each_function_after_its_resource() {
    for function in &deployed().functions {
        let words = function.name.split(['-', '_']);
        let pascal: String = words.map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        assert_eq!(function.resource, format!("{pascal}Function"));
    }
}

#[test]
fn deployed_template_has_no_route_twice() {
    let template = deployed();
    let mut keys: Vec<String> = template.routes.iter().map(Route::key).collect();
    keys.sort();
    let count = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), count);
}

#[test]
fn deployed_template_resolves_every_environment() {
    let template = deployed();
    let values = ["Issuer", "MailFrom", "AdminEmail", "DataKey.Arn", "OriginSecretArn"].into_iter();
    let tables = template.tables.iter().map(|table| table.logical_id.as_str());
    let queues = template.queues.iter().map(|queue| queue.logical_id.as_str());
    let values: Values = values.chain(tables).chain(queues).map(|name| (name, name)).collect();
    for function in &template.functions {
        let environment = template.environment(function, &values).unwrap();
        assert_eq!(environment["LATCHKEY_TABLE_OUTBOX"], "OutboxTable");
    }
}
