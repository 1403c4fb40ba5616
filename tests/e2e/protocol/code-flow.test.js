// The authorization code flow with an unmodified openid-client: codes, PKCE, response modes, refresh (OpenID Connect Core §3.1).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { begin, openid, register, REDIRECT_URI, signIn } from '../support/client.js';
import { ISSUER } from '../support/host.js';
import { Visitor } from '../support/visitor.js';

test('a code becomes tokens, and userinfo tells the claims of the scopes', async () => {
  const config = await register();
  const { tokens } = await signIn(config, { parameters: { scope: 'openid profile email' } });
  const claims = tokens.claims();
  assert.equal(claims.iss, ISSUER);
  assert.equal(claims.aud, config.clientMetadata().client_id);
  assert.deepEqual(claims.amr, ['pwd']);
  assert.ok(claims.at_hash && claims.auth_time);
  const userinfo = await openid.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(userinfo.email, 'ada@example.com');
  assert.equal(userinfo.email_verified, true);
});

test('a scope that nobody knows is left out (Core §3.1.2.1), and the client is told what it got', async () => {
  const { tokens } = await signIn(await register(), { parameters: { scope: 'openid no.such.scope' } });
  assert.equal(tokens.scope, 'openid');
});

test('a scope that was not asked for is not told of', async () => {
  const config = await register();
  const { tokens } = await signIn(config);
  const userinfo = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.equal(userinfo.email, undefined);
  assert.equal(userinfo.given_name, undefined);
});

test('a public client needs PKCE, and its verifier must fit', async () => {
  const config = await register({ token_endpoint_auth_method: 'none' });
  const { url } = await begin(config);
  url.searchParams.delete('code_challenge');
  url.searchParams.delete('code_challenge_method');
  const refused = await new Visitor().get(url);
  assert.equal(refused.url.searchParams.get('error'), 'invalid_request');

  const { url: good, checks } = await begin(config);
  const visitor = new Visitor();
  const landed = await visitor.complete(await visitor.get(good), { email: 'ada@example.com' });
  const wrong = { ...checks, pkceCodeVerifier: openid.randomPKCECodeVerifier() };
  await assert.rejects(openid.authorizationCodeGrant(config, landed.url, wrong), { error: 'invalid_grant' });
});

test('a confidential client may do without PKCE, if it registered so', async () => {
  const config = await register({ latchkey_pkce: 'optional' });
  const { url, checks } = await begin(config);
  url.searchParams.delete('code_challenge');
  url.searchParams.delete('code_challenge_method');
  const visitor = new Visitor();
  const landed = await visitor.complete(await visitor.get(url), { email: 'ada@example.com' });
  assert.ok((await openid.authorizationCodeGrant(config, landed.url, { ...checks, pkceCodeVerifier: undefined })).id_token);
});

test('what is not supported is refused by name, at the client', async () => {
  const config = await register();
  for (const [parameters, error] of [
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_type: 'code id_token' }, 'unauthorized_client'],
    [{ request: 'nonsense' }, 'invalid_request_object'],
    [{ request_uri: 'https://client.example/request' }, 'invalid_request_uri'],
    [{ registration: '{}' }, 'registration_not_supported'],
    [{ resource: 'https://nowhere.example' }, 'invalid_target'],
    [{ claims: 'nonsense' }, 'invalid_request'],
    [{ max_age: 'soon' }, 'invalid_request'],
    [{ prompt: 'teleport' }, 'invalid_request'],
  ]) {
    const { url, checks } = await begin(config, parameters);
    const { url: landed } = await new Visitor().get(url, { follow: false }).then((view) => ({ url: new URL(view.headers.get('location') ?? view.url, ISSUER) }));
    const answer = landed.hash ? new URLSearchParams(landed.hash.slice(1)) : landed.searchParams;
    assert.equal(answer.get('error'), error, JSON.stringify(parameters));
    assert.equal(answer.get('state'), checks.expectedState, JSON.stringify(parameters));
  }
});

test('the plain method of PKCE is refused', async () => {
  const { url } = await begin(await register(), { code_challenge_method: 'plain' });
  const refused = await new Visitor().get(url);
  assert.equal(refused.url.searchParams.get('error'), 'invalid_request');
});

test('a code is redeemed once; its second use revokes what came of it', async () => {
  const config = await register();
  const { tokens, landed, checks } = await signIn(config, { parameters: { scope: 'openid offline_access', prompt: 'consent' } });
  await assert.rejects(openid.authorizationCodeGrant(config, landed.url, checks), { error: 'invalid_grant' });
  await assert.rejects(openid.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
});

test('a code belongs to the client and the redirect URI that it was made for', async () => {
  const config = await register({ redirect_uris: [REDIRECT_URI, 'http://localhost/callback/other'] });
  const stranger = await register();
  const { url, checks } = await begin(config);
  const visitor = new Visitor();
  const landed = await visitor.complete(await visitor.get(url), { email: 'ada@example.com' });
  await assert.rejects(openid.authorizationCodeGrant(stranger, landed.url, checks), { error: 'invalid_grant' });
  const elsewhere = new URL(landed.url);
  elsewhere.pathname = '/callback/other';
  await assert.rejects(openid.authorizationCodeGrant(config, elsewhere, checks), { error: 'invalid_grant' });
});

test('a refresh token is rotated, and keeps subject and scopes', async () => {
  const config = await register();
  const { tokens } = await signIn(config, { parameters: { scope: 'openid email offline_access', prompt: 'consent' } });
  assert.ok(tokens.refresh_token);
  const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(fresh.refresh_token, tokens.refresh_token);
  assert.notEqual(fresh.access_token, tokens.access_token);
  assert.equal(fresh.claims()?.sub ?? tokens.claims().sub, tokens.claims().sub);
  const narrow = await openid.refreshTokenGrant(config, fresh.refresh_token, { scope: 'openid' });
  assert.equal(narrow.scope, 'openid');
  await assert.rejects(openid.refreshTokenGrant(config, narrow.refresh_token, { scope: 'openid demo.write' }), { error: 'invalid_scope' });
});

test('a refresh token that comes again after its successor was used revokes the family', async () => {
  const config = await register();
  const { tokens } = await signIn(config, { parameters: { scope: 'openid offline_access', prompt: 'consent' } });
  const second = await openid.refreshTokenGrant(config, tokens.refresh_token);
  const third = await openid.refreshTokenGrant(config, second.refresh_token);
  await assert.rejects(openid.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
  await assert.rejects(openid.refreshTokenGrant(config, third.refresh_token), { error: 'invalid_grant' });
});

test('a refresh token is of no use to another client', async () => {
  const config = await register();
  const { tokens } = await signIn(config, { parameters: { scope: 'openid offline_access', prompt: 'consent' } });
  await assert.rejects(openid.refreshTokenGrant(await register(), tokens.refresh_token), { error: 'invalid_grant' });
  assert.ok(await openid.refreshTokenGrant(config, tokens.refresh_token));
});

test('answers carry the issuer (RFC 9207), errors as well', async () => {
  const config = await register();
  const { landed } = await signIn(config);
  assert.equal(landed.url.searchParams.get('iss'), ISSUER);
  const { url } = await begin(config, { prompt: 'none' });
  const refused = await new Visitor().get(url);
  assert.equal(refused.url.searchParams.get('error'), 'login_required');
  assert.equal(refused.url.searchParams.get('iss'), ISSUER);
});

test('the answer comes in the fragment when asked for there', async () => {
  const config = await register();
  const { url, checks } = await begin(config, { response_mode: 'fragment' });
  const visitor = new Visitor();
  const landed = await visitor.complete(await visitor.get(url), { email: 'ada@example.com' });
  assert.equal(landed.url.search, '');
  const answer = new URL(`${landed.url.origin}${landed.url.pathname}?${landed.url.hash.slice(1)}`);
  assert.ok((await openid.authorizationCodeGrant(config, answer, checks)).id_token);
});

test('the answer comes as a form when asked for so', async () => {
  const config = await register();
  const { url, checks } = await begin(config, { response_mode: 'form_post' });
  const visitor = new Visitor();
  const view = await visitor.complete(await visitor.get(url), { email: 'ada@example.com' });
  const form = view.form('response');
  assert.equal(form.action, REDIRECT_URI);
  assert.equal(form.buttons.length, 1, 'without scripts there is a button');
  const request = new Request(REDIRECT_URI, { method: 'POST', body: new URLSearchParams(form.fields) });
  assert.ok((await openid.authorizationCodeGrant(config, request, checks)).id_token);
});

test('an authorization request may be posted', async () => {
  const config = await register();
  const { url, checks } = await begin(config);
  const visitor = new Visitor();
  const view = await visitor.post(new URL(url.pathname, ISSUER), Object.fromEntries(url.searchParams));
  const landed = await visitor.complete(view, { email: 'ada@example.com' });
  assert.ok((await openid.authorizationCodeGrant(config, landed.url, checks)).id_token);
});

test('the claims parameter asks for claims in the ID token and at userinfo', async () => {
  const config = await register();
  const claims = JSON.stringify({ id_token: { email: { essential: true } }, userinfo: { email_verified: null } });
  const { tokens } = await signIn(config, { parameters: { claims } });
  assert.equal(tokens.claims().email, 'ada@example.com');
  const userinfo = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.equal(userinfo.email_verified, true);
  assert.equal(userinfo.email, undefined);
});

for (const algorithm of ['ES256', 'RS256', 'EdDSA']) {
  test(`ID tokens are signed with ${algorithm} when the client asks for it`, async () => {
    const config = await register({ id_token_signed_response_alg: algorithm });
    openid.enableNonRepudiationChecks(config);
    const { tokens } = await signIn(config);
    assert.equal(decodeProtectedHeader(tokens.id_token).alg, algorithm);
  });
}

test('an access token is a JWT of RFC 9068 or opaque, as the client has it', async () => {
  const jwt = await register({ latchkey_access_token_format: 'jwt' });
  const { tokens } = await signIn(jwt, { parameters: { scope: 'openid email' } });
  assert.equal(decodeProtectedHeader(tokens.access_token).typ, 'at+jwt');
  const claims = decodeJwt(tokens.access_token);
  assert.equal(claims.iss, ISSUER);
  assert.equal(claims.client_id, jwt.clientMetadata().client_id);
  for (const name of ['sub', 'aud', 'exp', 'iat', 'jti']) assert.ok(claims[name], name);
  assert.equal(claims.email, undefined, 'no personal data in access tokens');

  const opaque = await register({ latchkey_access_token_format: 'opaque' });
  const { tokens: others } = await signIn(opaque, { parameters: { scope: 'openid email' } });
  assert.match(others.access_token, /^lk_at_/);
  assert.equal((await openid.fetchUserInfo(opaque, others.access_token, others.claims().sub)).email, 'ada@example.com');
});

test('a resource of its own gets an access token for its own audience', async () => {
  const config = await register();
  const { tokens } = await signIn(config, { parameters: { scope: 'openid demo.read', resource: 'urn:latchkey:demo' } });
  assert.equal([decodeJwt(tokens.access_token).aud].flat()[0], 'urn:latchkey:demo');
});

test('state comes back as it was sent, whatever it holds', async () => {
  const config = await register();
  const state = `&=+ %"'<>äß漢${'x'.repeat(200)}`;
  const { url } = await begin(config, { state });
  const visitor = new Visitor();
  const landed = await visitor.complete(await visitor.get(url), { email: 'ada@example.com' });
  assert.equal(landed.url.searchParams.get('state'), state);
});
