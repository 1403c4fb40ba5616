// What tokens are good for: userinfo, introspection, revocation, discovery, keys, sign-out (RFC 7662, 7009, 8414; RP-Initiated Logout).
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { begin, openid, register, REDIRECT_URI, signIn } from '../support/client.js';
import { ISSUER } from '../support/host.js';
import { newCustomer, Visitor } from '../support/visitor.js';

let config, signedIn;

before(async () => {
  config = await register({ post_logout_redirect_uris: ['http://localhost/callback/bye'] });
  signedIn = await signIn(config, { parameters: { scope: 'openid email offline_access', prompt: 'consent' } });
});

const userinfo = (token, init = {}) => fetch(`${ISSUER}/oauth2/userinfo`, { headers: { authorization: `Bearer ${token}` }, ...init });

test('discovery tells the truth about what is served', async () => {
  for (const path of ['openid-configuration', 'oauth-authorization-server']) {
    const response = await fetch(`${ISSUER}/.well-known/${path}`);
    const metadata = await response.json();
    assert.equal(metadata.issuer, ISSUER);
    assert.match(response.headers.get('cache-control'), /max-age/);
    for (const [name, value] of Object.entries(metadata)) {
      if (!name.endsWith('_endpoint') && name !== 'jwks_uri') continue;
      // API Gateway answers 404 for a method that no route has.
      const answers = await Promise.all(['GET', 'POST'].map((method) => fetch(value, { method, redirect: 'manual' })));
      assert.ok(answers.some((answer) => answer.status !== 404), `${name} is served`);
    }
    for (const algorithm of ['ES256', 'RS256', 'EdDSA']) assert.ok(metadata.id_token_signing_alg_values_supported.includes(algorithm));
    assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
    assert.deepEqual([...metadata.response_modes_supported].sort(), ['form_post', 'form_post.jwt', 'fragment', 'fragment.jwt', 'jwt', 'query', 'query.jwt']);
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
    for (const method of ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt']) {
      assert.ok(metadata.token_endpoint_auth_methods_supported.includes(method), method);
    }
  }
});

test('tokens verify against the published keys', async () => {
  const keys = createRemoteJWKSet(new URL(`${ISSUER}/.well-known/jwks.json`));
  const id = await jwtVerify(signedIn.tokens.id_token, keys, { issuer: ISSUER, audience: config.clientMetadata().client_id });
  const access = await jwtVerify(signedIn.tokens.access_token, keys, { issuer: ISSUER, typ: 'at+jwt' });
  assert.equal(id.payload.sub, access.payload.sub);
  const { keys: published } = await (await fetch(`${ISSUER}/.well-known/jwks.json`)).json();
  for (const key of published) for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.equal(key[secret], undefined);
});

test('userinfo takes GET and POST, a header and a form', async () => {
  assert.equal((await userinfo(signedIn.tokens.access_token)).status, 200);
  assert.equal((await userinfo(signedIn.tokens.access_token, { method: 'POST' })).status, 200);
  const form = await fetch(`${ISSUER}/oauth2/userinfo`, { method: 'POST', body: new URLSearchParams({ access_token: signedIn.tokens.access_token }) });
  assert.equal(form.status, 200);
});

test('userinfo challenges who comes without a good token', async () => {
  const bare = await fetch(`${ISSUER}/oauth2/userinfo`);
  assert.equal(bare.status, 401);
  assert.match(bare.headers.get('www-authenticate'), /^Bearer/);
  assert.doesNotMatch(bare.headers.get('www-authenticate'), /error=/, 'no error code where no token came (RFC 6750 §3.1)');
  const wrong = await userinfo('nonsense');
  assert.equal(wrong.status, 401);
  assert.match(wrong.headers.get('www-authenticate'), /error="invalid_token"/);
  const inQuery = await fetch(`${ISSUER}/oauth2/userinfo?access_token=${signedIn.tokens.access_token}`);
  assert.equal(inQuery.status, 401, 'never in the query');
});

test('userinfo refuses a token without the scope openid and an ID token', async () => {
  const service = await register({ grant_types: ['client_credentials'], redirect_uris: [], response_types: [] });
  const { access_token } = await openid.clientCredentialsGrant(service, { scope: 'demo.read' });
  assert.ok([401, 403].includes((await userinfo(access_token)).status));
  assert.equal((await userinfo(signedIn.tokens.id_token)).status, 401);
});

test('a token whose signature or header was changed is refused', async () => {
  const [head, payload, signature] = signedIn.tokens.access_token.split('.');
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
  for (const forged of [`${head}.${payload}.${signature.slice(0, -4)}AAAA`, `${none}.${payload}.`, `${head}.${payload}.`, `${head}.${payload}`]) {
    assert.equal((await userinfo(forged)).status, 401, forged.slice(-40));
  }
});

test('introspection tells a client about its own tokens alone', async () => {
  const known = await openid.tokenIntrospection(config, signedIn.tokens.access_token);
  assert.equal(known.active, true);
  assert.equal(known.sub, signedIn.tokens.claims().sub);
  assert.equal(known.client_id, config.clientMetadata().client_id);
  assert.equal(known.iss, ISSUER);
  const refresh = await openid.tokenIntrospection(config, signedIn.tokens.refresh_token);
  assert.equal(refresh.active, true);
  assert.deepEqual(await openid.tokenIntrospection(await register(), signedIn.tokens.access_token), { active: false });
  assert.deepEqual(await openid.tokenIntrospection(config, 'nonsense'), { active: false });
  const anonymous = await fetch(`${ISSUER}/oauth2/introspect`, { method: 'POST', body: new URLSearchParams({ token: 'x' }) });
  assert.equal(anonymous.status, 401);
});

for (const format of ['jwt', 'opaque']) {
  test(`a revoked ${format} access token is refused, its family lives`, async () => {
    const client = await register({ latchkey_access_token_format: format });
    const { tokens } = await signIn(client, { parameters: { scope: 'openid offline_access', prompt: 'consent' } });
    await openid.tokenRevocation(client, tokens.access_token);
    assert.equal((await openid.tokenIntrospection(client, tokens.access_token)).active, false);
    assert.equal((await userinfo(tokens.access_token)).status, 401);
    assert.ok(await openid.refreshTokenGrant(client, tokens.refresh_token));
  });
}

test('a revoked refresh token ends its family', async () => {
  const client = await register();
  const { tokens } = await signIn(client, { parameters: { scope: 'openid offline_access', prompt: 'consent' } });
  await openid.tokenRevocation(client, tokens.refresh_token, { token_type_hint: 'refresh_token' });
  await assert.rejects(openid.refreshTokenGrant(client, tokens.refresh_token), { error: 'invalid_grant' });
  assert.equal((await openid.tokenIntrospection(client, tokens.access_token)).active, false);
});

test('revoking nonsense or a stranger\'s token answers 200 and does nothing', async () => {
  const client = await register();
  const { tokens } = await signIn(client, { parameters: { scope: 'openid offline_access', prompt: 'consent' } });
  await openid.tokenRevocation(client, 'nonsense');
  await openid.tokenRevocation(await register(), tokens.refresh_token).catch(() => {});
  assert.ok(await openid.refreshTokenGrant(client, tokens.refresh_token));
});

test('sign-out with an ID token ends the session and returns to the client', async () => {
  const customer = await newCustomer('leaver');
  const { tokens } = await signIn(config, customer);
  const url = openid.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: 'http://localhost/callback/bye', state: 'see you' });
  let view = await customer.visitor.get(url);
  if (view.form('logout')) view = await view.submit('logout');
  assert.equal(view.url.origin + view.url.pathname, 'http://localhost/callback/bye');
  assert.equal(view.url.searchParams.get('state'), 'see you');
  const again = await customer.visitor.get((await begin(config, { prompt: 'none' })).url);
  assert.equal(again.url.searchParams.get('error'), 'login_required');
});

test('sign-out without a hint asks the customer', async () => {
  const customer = await newCustomer('asker');
  const view = await customer.visitor.get(`${ISSUER}/oauth2/logout`);
  assert.ok(view.form('logout'));
  assert.ok((await customer.visitor.get('/account')).url.pathname.startsWith('/account'), 'still signed in');
  const done = await view.submit('logout');
  assert.equal(done.status, 200);
  assert.ok((await customer.visitor.get('/account')).form('identify'));
});

test('sign-out does not return to an address that was not registered', async () => {
  const { tokens } = await signIn(config, { visitor: new Visitor() });
  for (const post_logout_redirect_uri of ['https://evil.example/', REDIRECT_URI, 'http://localhost/callback/bye/../x']) {
    const view = await new Visitor().get(openid.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri }));
    assert.equal(view.url.origin, ISSUER);
    assert.ok(view.status < 500);
  }
});
