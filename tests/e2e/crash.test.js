// Power cuts: the local host is killed at random moments of a storm of sign-ups, and what is on the disk is whole each time.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startHost } from './support/host.js';
import { codeFor, messagesTo } from './support/inbox.js';
import { freshAddress, Visitor } from './support/visitor.js';

const ROUNDS = 5;
const WORKERS = 6;

const data = mkdtempSync(join(tmpdir(), 'latchkey-crash-'));
let host = await startHost({ data });
const port = new URL(host.url).port;
const accepted = { begun: new Set(), proven: new Set() };

after(async () => {
  await host.kill();
  rmSync(data, { recursive: true, force: true });
});

/** Signs customers up until the host dies; `answered` is told of every answer. */
async function signUpUntilCut(answered) {
  for (;;) {
    const visitor = new Visitor({ issuer: host.url });
    const email = freshAddress('storm');
    const step = async (answer) => {
      const view = await answer;
      answered();
      return view;
    };
    try {
      const page = await step(visitor.openSignUp());
      const verify = await step(page.submit('sign-up', { email, password: 'correct horse battery staple 7' }));
      if (!verify.form('verify')) continue;
      accepted.begun.add(email);
      const code = await step(codeFor(email, host.url));
      await step(verify.submit('verify', { code }));
      accepted.proven.add(email);
    } catch (error) {
      if (isCut(error)) return;
      throw error;
    }
  }
}

function isCut(error) {
  return error instanceof TypeError && /fetch failed|terminated/.test(error.message);
}

/** All items of a table, read as the AWS CLI would. */
async function scan(table) {
  const items = [];
  let start;
  do {
    const response = await fetch(host.awsUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.Scan' },
      body: JSON.stringify({ TableName: table, ConsistentRead: true, ...(start && { ExclusiveStartKey: start }) }),
    });
    assert.equal(response.status, 200);
    const page = await response.json();
    items.push(...page.Items.map(plain));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

function plain(value) {
  return Object.fromEntries(Object.entries(value).map(([name, attribute]) => [name, attributeOf(attribute)]));
}

function attributeOf(attribute) {
  const [[type, value]] = Object.entries(attribute);
  if (type === 'M') return plain(value);
  if (type === 'L') return value.map(attributeOf);
  return type === 'N' ? Number(value) : value;
}

async function assertWhole(round) {
  const [identities, credentials, outbox] = await Promise.all(['IdentitiesTable', 'CredentialsTable', 'OutboxTable'].map(scan));
  const ofType = (items, type) => items.filter((item) => item.et === type);
  const users = new Map(ofType(identities, 'user').map((user) => [user.id, user]));
  const markers = ofType(identities, 'identifier');
  const passwords = new Set(ofType(credentials, 'password').map((password) => password.pk));
  const events = ofType(outbox, 'event');
  const created = events.filter((event) => event.kind === 'user.created').map((event) => event.user);

  for (const user of users.values()) {
    const own = markers.filter((marker) => marker.user === user.id);
    assert.equal(own.length, user.identifiers.length, `round ${round}: ${user.id} has a marker for each identifier`);
    assert.ok(passwords.has(`user#${user.id}`), `round ${round}: ${user.id} has a password`);
    assert.ok(created.includes(user.id), `round ${round}: ${user.id} was announced`);
    const proven = user.identifiers.some((identifier) => identifier.verified_at);
    const announced = events.some((event) => event.kind === 'identifier.verified' && event.user === user.id);
    const seeded = events.some((event) => event.kind === 'user.created' && event.user === user.id && event.actor.type === 'system');
    if (!seeded) assert.equal(announced, proven, `round ${round}: the proof of ${user.id} and its event`);
  }
  for (const marker of markers) assert.ok(users.has(marker.user), `round ${round}: ${marker.pk} leads to a user`);
  for (const pk of passwords) assert.ok(users.has(pk.replace('user#', '')), `round ${round}: the password of ${pk} belongs to a user`);
  assert.equal(new Set(created).size, created.length, `round ${round}: nobody was announced twice`);
  for (const id of created) assert.ok(users.has(id), `round ${round}: ${id} was announced and is there`);

  // The inbox answers when all that was on its way has arrived, whatever the cut has interrupted.
  await messagesTo('nobody@example.com', host.url);
  const audited = (await scan('AuditTable')).filter((record) => record.kind === 'user.created').map((record) => record.user);
  assert.deepEqual(audited.sort(), created.sort(), `round ${round}: the audit log tells of each customer once`);
}

test('no power cut leaves half a customer, loses an identifier, or parts an event from its change', async (t) => {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const moment = randomInt(5, 60);
    let answers = 0;
    const cut = () => {
      answers += 1;
      if (answers === moment) host.kill();
    };
    await Promise.all(Array.from({ length: WORKERS }, () => signUpUntilCut(cut)));
    t.diagnostic(`round ${round}: killed after ${moment} answers; ${accepted.begun.size} sign-ups begun, ${accepted.proven.size} proven so far`);
    host = await startHost({ data, port });
    await assertWhole(round);
  }
  assert.ok(accepted.begun.size > 0, 'somebody was accepted');
});

test('whoever was told to be a customer can still sign in', async () => {
  for (const email of accepted.proven) {
    const visitor = new Visitor({ issuer: host.url });
    const view = await visitor.complete(await visitor.get('/account'), { email });
    assert.match(view.url.pathname, /^\/account/, email);
  }
});
