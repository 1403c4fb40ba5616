//! Acknowledged means kept: a process is killed while it writes, and its data opened again.
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use aws_sdk_dynamodb::types::AttributeValue;

use super::bench::{Way, client, table};
use crate::aws::{Data, Options, QueueOptions, Stack};

/// Where the victim finds that it was started by the test below.
const MARKER: &str = "victim";
const ENOUGH: usize = 30;

fn open(folder: &Path) -> Stack {
    let stack = Stack::open(&Options { data: Data::Folder(folder.to_owned()) }).unwrap();
    stack.create_table(table("people"), Some("ttl")).unwrap();
    stack.queues().create("work", &QueueOptions::default()).unwrap();
    stack
}

#[tokio::test]
#[ignore = "is started and killed by `what_was_acknowledged_survives_a_kill`"]
async fn victim() {
    let folder = PathBuf::from(".");
    if !folder.join(MARKER).exists() {
        return;
    }
    let stack = open(&folder);
    let client = client!(aws_sdk_dynamodb, stack, Way::InProcess);
    for index in 0_usize.. {
        let put = client.put_item().table_name("people").item("pk", AttributeValue::S("u".to_owned()));
        put.item("sk", AttributeValue::S(index.to_string())).send().await.unwrap();
        stack.queues().send("work", &index.to_string()).unwrap();
        stack.create_key(&format!("alias/{index}"), "HMAC_256").unwrap();
        println!("acknowledged {index}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(MARKER), "").unwrap();
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "aws::tests::kill::victim", "--ignored", "--nocapture"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines().map(Result::unwrap);
    let acknowledged = lines.by_ref().filter(|line| line.starts_with("acknowledged")).take(ENOUGH).count();
    victim.kill().unwrap();
    victim.wait().unwrap();
    assert_eq!(acknowledged, ENOUGH);

    let stack = open(folder.path());
    let client = client!(aws_sdk_dynamodb, stack, Way::InProcess);
    let items = client.scan().table_name("people").send().await.unwrap();
    assert!(items.count() >= i32::try_from(ENOUGH).unwrap());
    assert!(stack.stream_batch("people", 1000).unwrap().len() >= ENOUGH);
    assert!(stack.queues().receive("work", 1000).unwrap().len() >= ENOUGH);
    let kms = client!(aws_sdk_kms, stack, Way::InProcess);
    for index in 0..ENOUGH {
        kms.describe_key().key_id(format!("alias/{index}")).send().await.unwrap();
    }
}
