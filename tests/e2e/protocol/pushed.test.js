// Pushed authorization requests with an unmodified openid-client (RFC 9126).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begin, openid, push, register, registerWithKey } from '../support/client.js';
import { ISSUER } from '../support/host.js';
import { Visitor } from '../support/visitor.js';

async function signInAt(url) {
  const visitor = new Visitor();
  return visitor.complete(await visitor.get(url), { email: 'ada@example.com' });
}

test('a pushed request is used once, by its own client alone', async () => {
  const config = await register();
  const { url, checks } = await push(config, { scope: 'openid email' });
  assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request_uri']);
  const stolen = new URL(url);
  stolen.searchParams.set('client_id', (await register()).clientMetadata().client_id);
  assert.equal((await new Visitor().get(stolen)).status, 400);
  const landed = await signInAt(url);
  const tokens = await openid.authorizationCodeGrant(config, landed.url, checks);
  assert.equal(tokens.claims().iss, ISSUER);
  assert.equal((await landed.visitor.get(url)).url.searchParams.get('error'), 'invalid_request_uri');
});

test('a page that a pushed request led to may be reloaded', async () => {
  const config = await register();
  const { url, checks } = await push(config);
  const visitor = new Visitor();
  const page = await visitor.get(url);
  await visitor.get(url);
  const landed = await visitor.complete(await visitor.get(page.url), { email: 'ada@example.com' });
  assert.ok((await openid.authorizationCodeGrant(config, landed.url, checks)).id_token);
});

for (const method of ['none', 'client_secret_post', 'private_key_jwt']) {
  test(`a client that authenticates by ${method} pushes its request`, async () => {
    const config = method === 'private_key_jwt' ? await registerWithKey('ES256') : await register({ token_endpoint_auth_method: method });
    const { url, checks } = await push(config);
    assert.ok((await openid.authorizationCodeGrant(config, (await signInAt(url)).url, checks)).id_token);
  });
}

test('a client that must push is refused in the browser', async () => {
  const config = await register({ require_pushed_authorization_requests: true });
  assert.equal(config.clientMetadata().require_pushed_authorization_requests, true);
  const refused = await new Visitor().get((await begin(config)).url);
  assert.equal(refused.url.searchParams.get('error'), 'invalid_request');
  const { url, checks } = await push(config);
  assert.ok((await openid.authorizationCodeGrant(config, (await signInAt(url)).url, checks)).id_token);
});

test('what is wrong with a request is told when it is pushed', async () => {
  const config = await register();
  await assert.rejects(push(config, { resource: 'https://nowhere.example' }), { error: 'invalid_target' });
  await assert.rejects(push(config, { redirect_uri: 'https://evil.example/' }), { error: 'invalid_request' });
  await assert.rejects(push(config, { prompt: 'teleport' }), { error: 'invalid_request' });
});
