"""Replays records of DynamoDB against DynamoDB Local and lists every difference.

    replay.py URL FILE…

A record is what `latchkey-local --record FILE` and the Rust tests under LATCHKEY_RECORD write: a line for each request, in order.
Each file is replayed in a database of its own. Differences of one kind are told once, with how many there were and the first request.
"""
import json
import sys
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import requests


class Known:
    """Differences that are DynamoDB Local's own, each with its reason; docs/contributing.md names them too."""

    REASONS = {
        # aws-sdk issue 413: the same transaction with the same token is at times taken for another one.
        ("TransactWriteItems", "200", "IdempotentParameterMismatchException"): "a token with a ConditionCheck is at times not known again",
    }


def main(url, files):
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda file: replay(url, file), files))
    requests_made = sum(count for count, _ in outcomes)
    kinds, first = Counter(), {}
    for _, differences in outcomes:
        for kind, example in differences:
            kinds[kind] += 1
            first.setdefault(kind, example)
    unknown = 0
    for kind, count in kinds.most_common():
        reason = Known.REASONS.get(kind)
        unknown += reason is None
        print(f"{count} × {' | '.join(kind)}" + (f" (known: {reason})" if reason else ""))
        if reason is None:
            for line in first[kind]:
                print(f"    {line[:2000]}")
    print(f"{requests_made} requests of {len(files)} records, {unknown} kinds of difference without a reason")
    return 1 if unknown else 0


def replay(url, file):
    """How many requests there were, and the differences, each as its kind and an example."""
    differences, count = [], 0
    session = requests.Session()
    credential = f"Credential={uuid.uuid4().hex}/20260101/us-east-1/dynamodb/aws4_request"
    session.headers["Authorization"] = f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"
    session.headers["Content-Type"] = "application/x-amz-json-1.0"
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            if entry["operation"] == "UpdateTimeToLive":
                continue
            count += 1
            response = session.post(
                url,
                data=json.dumps(entry["request"]).encode(),
                headers={"X-Amz-Target": f"DynamoDB_20120810.{entry['operation']}"},
                timeout=60,
            )
            if entry["operation"] == "CreateTable":
                continue
            kind = difference(entry, response.status_code, response.json())
            if kind:
                differences.append((kind, (
                    f"{file}: {json.dumps(entry['request'])}",
                    f"ours:  {entry['status']} {json.dumps(entry['answer'])}",
                    f"local: {response.status_code} {response.text}",
                )))
    return count, differences


def difference(entry, status, answer):
    """The kind of difference between the recorded answer and this one; None where they agree."""
    operation, ours = entry["operation"], entry["answer"]
    if (entry["status"], code(ours)) != (status, code(answer)):
        return operation, f"{entry['status']}{code(ours)}", f"{status}{code(answer)}", message(answer)[:120]
    if status != 200:
        if reasons(ours) != reasons(answer):
            return operation, code(ours), "reasons"
        return None
    for part in ("Item", "Attributes", "Items", "Count", "LastEvaluatedKey", "Responses", "UnprocessedKeys", "UnprocessedItems"):
        # Neither a batch nor a scan promises an order of partitions.
        unordered = operation in ("BatchGetItem", "Scan")
        if normal(ours.get(part), unordered) != normal(answer.get(part), unordered):
            return operation, part
    return None


def code(answer):
    return " " + answer["__type"].rsplit("#", 1)[-1] if isinstance(answer, dict) and "__type" in answer else ""


def message(answer):
    return answer.get("message") or answer.get("Message") or "" if isinstance(answer, dict) else ""


def reasons(answer):
    return [(reason.get("Code"), normal(reason.get("Item"))) for reason in answer.get("CancellationReasons", [])]


def normal(value, unordered=False):
    """A value in one form: sets and, where asked, lists without order; nothing for what is empty."""
    if isinstance(value, dict):
        return {
            key: sorted(inner) if key in ("SS", "NS", "BS") else str(float(inner)) if key == "N" and isinstance(inner, str) else normal(inner, unordered)
            for key, inner in value.items()
        } or None
    if isinstance(value, list):
        inner = [normal(each) for each in value]
        in_order = sorted(inner, key=lambda each: json.dumps(each, sort_keys=True)) if unordered else inner
        return in_order or None
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
