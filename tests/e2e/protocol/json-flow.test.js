// The JSON face of the sign-in: an application of our own design drives the same steps without a page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, openid, register } from '../support/client.js';
import { ISSUER, PASSWORD } from '../support/host.js';
import { newCustomer, Visitor } from '../support/visitor.js';

const json = { accept: 'application/json' };

/** A visitor who speaks JSON, at the first step of a sign-in. */
async function start(config, parameters) {
  const { url, checks } = await begin(config, parameters);
  const visitor = new Visitor({ headers: json });
  const view = await visitor.get(url);
  const send = async (path, step, values) => {
    const body = JSON.stringify({ tx: step.tx, csrf: step.csrf, ...values });
    const response = await visitor.request('POST', `${ISSUER}${path}`, body, { 'content-type': 'application/json' });
    return { status: response.status, headers: response.headers, ...(await response.json()) };
  };
  return { step: view.json(), send, checks };
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
  const third = await send('/signin/password', second, { password: PASSWORD });
  assert.equal(third.step, 'consent');
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
