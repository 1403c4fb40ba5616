// Hybrid and implicit flows with an unmodified openid-client, which checks c_hash, s_hash and nonce (OpenID Connect Core §3.2, §3.3).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt } from 'jose';
import { begin, openid, push, register, REDIRECT_URI } from '../support/client.js';
import { Visitor } from '../support/visitor.js';

const HYBRID = { response_types: ['code id_token'], grant_types: ['authorization_code', 'implicit', 'refresh_token'] };
const IMPLICIT = { response_types: ['id_token', 'id_token token'], grant_types: ['implicit'], token_endpoint_auth_method: 'none' };

async function land(url) {
  const visitor = new Visitor();
  return visitor.complete(await visitor.get(url), { email: 'ada@example.com' });
}

/** A form that posts itself, as the request that it makes. */
function posted(view) {
  const form = view.form('response');
  assert.equal(form.action, REDIRECT_URI);
  return new Request(REDIRECT_URI, { method: 'POST', body: new URLSearchParams(form.fields) });
}

test('code id_token: the ID token of the front channel is checked, then the code redeemed', async () => {
  const config = await register(HYBRID);
  openid.useCodeIdTokenResponseType(config);
  const { url, checks } = await begin(config, { scope: 'openid email' });
  const landed = await land(url);
  assert.equal(landed.url.search, '');
  const front = decodeJwt(new URLSearchParams(landed.url.hash.slice(1)).get('id_token'));
  assert.ok(front.c_hash && front.s_hash && !front.email);
  const tokens = await openid.authorizationCodeGrant(config, landed.url, checks);
  assert.equal(tokens.claims().sub, front.sub);
  assert.ok(tokens.refresh_token);
});

test('code id_token as a form, and by a pushed request', async () => {
  const config = await register(HYBRID);
  openid.useCodeIdTokenResponseType(config);
  const { url, checks } = await push(config, { response_mode: 'form_post' });
  assert.ok((await openid.authorizationCodeGrant(config, posted(await land(url)), checks)).id_token);
});

test('id_token: the claims of the scopes are in it', async () => {
  const config = await register(IMPLICIT);
  openid.useIdTokenResponseType(config);
  const { url, checks } = await begin(config, { scope: 'openid email', code_challenge: '', code_challenge_method: '' });
  const claims = await openid.implicitAuthentication(config, (await land(url)).url, checks.expectedNonce, checks);
  assert.equal(claims.email, 'ada@example.com');
});

test('id_token token: the access token works at userinfo and cannot be refreshed', async () => {
  const config = await register(IMPLICIT);
  const { url } = await begin(config, { response_type: 'id_token token', scope: 'openid email' });
  const answer = new URLSearchParams((await land(url)).url.hash.slice(1));
  const { sub, at_hash } = decodeJwt(answer.get('id_token'));
  assert.ok(at_hash);
  assert.equal(answer.get('refresh_token'), null);
  assert.equal((await openid.fetchUserInfo(config, answer.get('access_token'), sub)).email, 'ada@example.com');
});

test('a client gets in the front channel what it registered for, and no more', async () => {
  await assert.rejects(register({ response_types: ['code id_token'], grant_types: ['authorization_code'] }));
  const config = await register(HYBRID);
  for (const [response_type, error] of [['code token', 'unauthorized_client'], ['code', 'unauthorized_client'], ['token', 'unsupported_response_type']]) {
    const { url } = await begin(config, { response_type });
    const landed = (await new Visitor().get(url)).url;
    const answer = landed.hash ? new URLSearchParams(landed.hash.slice(1)) : landed.searchParams;
    assert.equal(answer.get('error'), error, response_type);
  }
});
