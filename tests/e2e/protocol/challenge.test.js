// An application of the deployment's own signs customers in without a browser (draft-ietf-oauth-first-party-apps).
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ISSUER } from '../support/host.js';
import { codeFor } from '../support/inbox.js';

const PASSWORD = 'correct horse battery staple 7';

async function post(path, form) {
  const response = await fetch(`${ISSUER}${path}`, { method: 'POST', body: new URLSearchParams(form) });
  return { status: response.status, cookies: response.headers.getSetCookie(), body: await response.json() };
}

const challenge = (form) => post('/oauth2/authorize-challenge', form);

function request(verifier, more = {}) {
  return {
    client_id: 'demo-native',
    response_type: 'code',
    scope: 'openid email',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  };
}

async function redeem(code, verifier) {
  return post('/oauth2/token', { grant_type: 'authorization_code', client_id: 'demo-native', code, code_verifier: verifier });
}

test('an application signs a customer in without a browser', async () => {
  const metadata = await (await fetch(`${ISSUER}/.well-known/oauth-authorization-server`)).json();
  assert.equal(metadata.authorization_challenge_endpoint, `${ISSUER}/oauth2/authorize-challenge`);
  const verifier = randomBytes(32).toString('base64url');
  const first = await challenge(request(verifier));
  assert.deepEqual([first.status, first.body.error, first.body.step], [400, 'insufficient_authorization', 'identify']);
  const second = await challenge({ auth_session: first.body.auth_session, identifier: 'ada@example.com' });
  assert.equal(second.body.step, 'password');
  const wrong = await challenge({ auth_session: first.body.auth_session, password: 'not the password at all' });
  assert.deepEqual([wrong.status, wrong.body.error, wrong.body.errors[0].field], [400, 'insufficient_authorization', 'password']);
  const done = await challenge({ auth_session: first.body.auth_session, password: PASSWORD });
  assert.deepEqual([done.status, done.cookies], [200, []]);
  const tokens = await redeem(done.body.authorization_code, verifier);
  assert.equal(tokens.status, 200);
  assert.ok(tokens.body.id_token && tokens.body.refresh_token);
});

test('an application signs a customer up, with the mailed code', async () => {
  const verifier = randomBytes(32).toString('base64url');
  const email = `native-${randomBytes(6).toString('hex')}@example.com`;
  const first = await challenge(request(verifier, { prompt: 'create' }));
  assert.equal(first.body.step, 'sign_up');
  const auth_session = first.body.auth_session;
  const weak = await challenge({ auth_session, email, password: 'short', given_name: 'Mary', family_name: 'Somerville' });
  assert.deepEqual([weak.body.step, weak.body.errors[0].field], ['sign_up', 'password']);
  const rest = { password: 'velvet anchor drifting 42', given_name: 'Mary', family_name: 'Somerville' };
  const typo = await challenge({ auth_session, email: `typo-${email}`, ...rest });
  assert.equal(typo.body.step, 'verify');
  const verify = await challenge({ auth_session, email, ...rest });
  assert.equal(verify.body.step, 'verify');
  const done = await challenge({ auth_session, code: await codeFor(email) });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.equal((await redeem(done.body.authorization_code, verifier)).status, 200);
});
