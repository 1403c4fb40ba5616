// The JSON face of the sign-in: an application of our own design drives the same steps without a page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, openid, register } from '../support/client.js';
import { ISSUER, PASSWORD } from '../support/host.js';
import { newCustomer, Visitor } from '../support/visitor.js';

const json = { accept: 'application/json' };

const openapi = await (await fetch(`${ISSUER}/openapi.json`)).json();

/** That request and answer are as `GET /openapi.json` describes them: who generates a client of it must come through. */
function assertDescribed(path, sent, status, answer) {
  const { requestBody, responses } = openapi.paths[path].post;
  const { properties, required } = requestBody.content['application/json'].schema;
  for (const name of Object.keys(sent)) assert.ok(properties[name], `${path} takes ${name}`);
  for (const name of required) assert.ok(name in sent, `${path} needs ${name}`);
  assert.ok(responses[status], `${path} may answer ${status}`);
  const step = openapi.components.schemas.Step.properties;
  if (answer.step) assert.ok(step.step.enum.includes(answer.step), answer.step);
  if (status < 400) for (const name of Object.keys(answer)) assert.ok(step[name], `${path} answers ${name}`);
}

/** What a visitor who speaks JSON posts back to a step, and what comes of it. */
const sender = (visitor) => async (path, step, values) => {
  const body = { ...(step.tx && { tx: step.tx }), csrf: step.csrf, ...values };
  const response = await visitor.request('POST', `${ISSUER}${path}`, JSON.stringify(body), { 'content-type': 'application/json' });
  const answer = response.status === 303 ? (await visitor.get(response.headers.get('location'))).json() : await response.json();
  assertDescribed(path, body, response.status, answer);
  return { status: response.status, headers: response.headers, ...answer };
};

/** A visitor who speaks JSON, at the first step of a sign-in. */
async function start(config, parameters) {
  const { url, checks } = await begin(config, parameters);
  const visitor = new Visitor({ headers: json });
  const view = await visitor.get(url);
  return { step: view.json(), send: sender(visitor), checks };
}

test('every step is asked for and answered as JSON, and the end names the answer to the client', async () => {
  const { email } = await newCustomer('json');
  const config = await register();
  const { step: first, send, checks } = await start(config, { scope: 'openid email' });
  assert.equal(first.step, 'identify');
  const second = await send('/signin/identify', first, { identifier: email });
  assert.equal(second.step, 'password');
  const wrong = await send('/signin/password', second, { password: 'not my password at all' });
  assert.equal(wrong.status, 401);
  assert.match(wrong.headers.get('content-type'), /problem\+json/);
  assert.equal(wrong.code, 'credentials-wrong');
  assert.match(wrong.instance, /^urn:latchkey:request:/);
  const third = await send('/signin/password', second, { password: PASSWORD });
  assert.equal(third.step, 'consent');
  const emailScope = third.fields.scopes.find(({ name }) => name === 'email');
  assert.match(emailScope.title, /e-mail address/, 'a scope comes with words for people');
  const other = await send('/signin/consent', third, { account: 'usr_00000000000000000000000000', decision: 'allow' });
  assert.deepEqual([other.status, other.code, other.step], [409, 'account-changed', 'consent']);
  const end = await send('/signin/consent', third, { account: third.fields.account, decision: 'allow' });
  assert.equal(end.step, 'complete');
  const answer = JSON.stringify(end);
  const code = answer.match(/"code":"([^"]+)"/)?.[1] ?? new URL(answer.match(/http[^"]*code=[^"]*/)[0]).searchParams.get('code');
  const landed = new URL('http://localhost/callback');
  landed.search = new URLSearchParams({ code, state: checks.expectedState, iss: ISSUER });
  assert.ok((await openid.authorizationCodeGrant(config, landed, checks)).id_token);
});

test('JSON is no way around the token of the form', async () => {
  const { step, send } = await start(await register());
  const refused = await send('/signin/identify', { ...step, csrf: 'x' }, { identifier: 'ada@example.com' });
  assert.equal(refused.status, 403);
  assert.match(refused.headers.get('content-type'), /problem\+json/);
});

test('a device is let in by JSON, and there is nowhere to go then', async () => {
  const { email } = await newCustomer('json-device');
  const grant = 'urn:ietf:params:oauth:grant-type:device_code';
  const config = await register({ redirect_uris: [], response_types: [], grant_types: [grant] });
  const given = await openid.initiateDeviceAuthorization(config, { scope: 'openid' });
  const visitor = new Visitor({ headers: json });
  const send = sender(visitor);
  const first = (await visitor.get('/device')).json();
  assert.equal(first.step, 'device_code');
  const identify = await send('/device', first, { user_code: given.user_code });
  const password = await send('/signin/identify', identify, { identifier: email });
  const question = await send('/signin/password', password, { password: PASSWORD });
  const end = await send('/signin/consent', question, { account: question.fields.account, decision: 'allow' });
  assert.deepEqual([end.step, end.answer, end.location], ['complete', 'granted', undefined]);
  assert.ok((await openid.pollDeviceAuthorizationGrant(config, given)).access_token);
});
