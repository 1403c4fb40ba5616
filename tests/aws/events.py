"""Lambda's event sources: it reads streams and queues with the role of the function that it feeds."""
import asyncio
import hashlib
import json

import endpoint as aws
from template import ACCOUNT


class EventSources:
    """All streams and queues that feed functions."""

    def __init__(self, functions, host, url, session, admin):
        self.sources = [(function, source) for function in functions.values() for source in function.sources]
        self.host, self.url, self.session, self.admin = host, url, session, admin
        self.iterators, self.batches, self.alone, self.failures = {}, {}, asyncio.Lock(), []

    async def run(self):
        """Feeds functions until the task is cancelled."""
        while True:
            await asyncio.sleep(0.3)
            try:
                await self.deliver()
            except Exception as error:  # told at the end; what is left comes again
                self.failures.append(f"events were not delivered: {error}")

    async def deliver(self):
        """Feeds functions until nothing moves any more."""
        async with self.alone:
            moved = True
            while moved:
                moved = False
                for function, source in self.sources:
                    feed = self._feed_stream if source.kind == "DynamoDB" else self._feed_queue
                    moved |= await feed(function, source)

    async def _ask(self, function, target, asked):
        service = {"AmazonSQS": "sqs"}.get(target.split(".")[0], "dynamodb")
        body = json.dumps(asked).encode()
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"}
        headers = aws.sign(function, service, "POST", self.url + "/", headers, body)
        async with self.session.post(self.url + "/", data=body, headers=headers) as answer:
            found = json.loads(await answer.read() or b"{}")
            if answer.status != 200:
                raise RuntimeError(f"{function.name}: {target}: {found}")
            return found

    async def _shards(self, function, source):
        table = source.arn.split("/")[1]
        stream = await self.admin("DescribeTable", {"TableName": table})
        arn = stream["Table"]["LatestStreamArn"]
        streams = "DynamoDBStreams_20120810"
        shards = (await self._ask(function, f"{streams}.DescribeStream", {"StreamArn": arn}))["StreamDescription"]["Shards"]
        for shard in shards:
            if shard["ShardId"] not in self.iterators:
                asked = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
                found = await self._ask(function, f"{streams}.GetShardIterator", asked)
                self.iterators[shard["ShardId"]] = found["ShardIterator"]
        return [shard["ShardId"] for shard in shards]

    async def _feed_stream(self, function, source):
        for shard in await self._shards(function, source):
            asked = {"ShardIterator": self.iterators[shard], "Limit": source.batch_size}
            found = await self._ask(function, "DynamoDBStreams_20120810.GetRecords", asked)
            records = found["Records"]
            if records:
                wanted = [r for r in records if not source.event_names or r["eventName"] in source.event_names]
                for record in wanted:
                    record["eventSourceARN"] = source.arn
                answer = await self.host.invoke(function.name, {"Records": wanted}) if wanted else {}
                if (answer or {}).get("batchItemFailures"):
                    self.failures.append(f"{function.name} handed back {len(answer['batchItemFailures'])} records")
                self.iterators[shard] = found["NextShardIterator"]
                return True
            self.iterators[shard] = found.get("NextShardIterator", self.iterators[shard])
        return False

    async def _feed_queue(self, function, source):
        name = source.arn.rsplit(":", 1)[-1]
        queue = f"http://127.0.0.1/{ACCOUNT}/{name}"
        asked = {"QueueUrl": queue, "MaxNumberOfMessages": source.batch_size, "AttributeNames": ["All"], "MessageAttributeNames": ["All"]}
        messages = (await self._ask(function, "AmazonSQS.ReceiveMessage", asked)).get("Messages", [])
        if not messages:
            return False
        answer = await self.host.invoke(function.name, {"Records": [_record(message, source.arn) for message in messages]})
        failed = {failure["itemIdentifier"] for failure in (answer or {}).get("batchItemFailures", [])}
        for message in messages:
            if message["MessageId"] not in failed:
                asked = {"QueueUrl": queue, "ReceiptHandle": message["ReceiptHandle"]}
                await self._ask(function, "AmazonSQS.DeleteMessage", asked)
        return len(failed) < len(messages)


def _record(message, arn):
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "md5OfBody": hashlib.md5(message["Body"].encode()).hexdigest(),
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {"dataType": value["DataType"], "stringValue": value.get("StringValue"), "binaryValue": value.get("BinaryValue")}
            for name, value in attributes.items()
        },
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": "us-east-1",
    }
