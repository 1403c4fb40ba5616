// Clients: every way to authenticate, client_credentials, registration and its management (RFC 6749 §2.3, RFC 7523, 7591, 7592).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { openid, register, registerWithKey, signIn } from '../support/client.js';
import { ISSUER } from '../support/host.js';

for (const method of ['none', 'client_secret_basic', 'client_secret_post']) {
  test(`a client authenticates by ${method}`, async () => {
    const { tokens } = await signIn(await register({ token_endpoint_auth_method: method }));
    assert.ok(tokens.id_token);
  });
}

for (const algorithm of ['ES256', 'RS256', 'PS256', 'EdDSA']) {
  test(`a client authenticates by private_key_jwt with ${algorithm}`, async () => {
    const { tokens } = await signIn(await registerWithKey(algorithm));
    assert.ok(tokens.id_token);
  });
}

test('a client authenticates by client_secret_jwt', async () => {
  const config = await register({ token_endpoint_auth_method: 'client_secret_jwt', token_endpoint_auth_signing_alg: 'HS256' }, openid.ClientSecretJwt());
  const { tokens } = await signIn(config);
  assert.ok(tokens.id_token);
});

test('client_credentials gives an access token to a confidential client', async () => {
  const config = await register({ grant_types: ['client_credentials'], redirect_uris: [], response_types: [] });
  const tokens = await openid.clientCredentialsGrant(config, { scope: 'demo.read' });
  assert.equal(tokens.scope, 'demo.read');
  assert.equal(tokens.refresh_token, undefined);
  const claims = decodeJwt(tokens.access_token);
  assert.equal(claims.sub, config.clientMetadata().client_id);
  assert.equal([claims.aud].flat()[0], 'urn:latchkey:demo');
});

test('client_credentials with a key of the client', async () => {
  const config = await registerWithKey('ES256', { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] });
  assert.ok((await openid.clientCredentialsGrant(config, { scope: 'demo.read' })).access_token);
});

test('client_credentials is refused to a public client, an unregistered grant and an unknown scope', async () => {
  await assert.rejects(register({ grant_types: ['client_credentials'], token_endpoint_auth_method: 'none', redirect_uris: [], response_types: [] }));
  const browser = await register();
  await assert.rejects(openid.clientCredentialsGrant(browser, { scope: 'demo.read' }), { error: 'unauthorized_client' });
  const service = await register({ grant_types: ['client_credentials'], redirect_uris: [], response_types: [] });
  await assert.rejects(openid.clientCredentialsGrant(service, { scope: 'no.such.scope' }), { error: 'invalid_scope' });
});

test('a wrong secret is refused, with a challenge where it came in a header', async () => {
  const config = await register({ grant_types: ['client_credentials'], redirect_uris: [], response_types: [] });
  const { client_id } = config.clientMetadata();
  const response = await fetch(`${ISSUER}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client_id}:wrong`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  assert.equal(response.status, 401);
  assert.match(response.headers.get('www-authenticate'), /^Basic/i);
  assert.equal((await response.json()).error, 'invalid_client');
});

test('a secret sent the way that was not registered is refused', async () => {
  const config = await register({ token_endpoint_auth_method: 'client_secret_basic', grant_types: ['client_credentials'], redirect_uris: [], response_types: [] });
  const { client_id, client_secret } = config.clientMetadata();
  const response = await fetch(`${ISSUER}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }),
  });
  assert.equal(response.status, 401);
});

test('two ways of authentication at once are refused', async () => {
  const config = await register({ grant_types: ['client_credentials'], redirect_uris: [], response_types: [] });
  const { client_id, client_secret } = config.clientMetadata();
  const response = await fetch(`${ISSUER}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }),
  });
  assert.ok([400, 401].includes(response.status));
});

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

async function postAssertion(config, assertion) {
  const { client_id } = config.clientMetadata();
  const response = await fetch(`${ISSUER}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_assertion_type: assertionType, client_assertion: assertion }),
  });
  return { status: response.status, body: await response.json() };
}

test('a client assertion is used once, for us alone, and not for ever', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'own', alg: 'ES256' };
  const config = await register({
    token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] },
    grant_types: ['client_credentials'], redirect_uris: [], response_types: [], scope: 'demo.read',
  }, openid.None());
  const { client_id } = config.clientMetadata();
  const sign = (claims, key = privateKey) =>
    new SignJWT({ iss: client_id, sub: client_id, aud: ISSUER, jti: crypto.randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'own' }).setIssuedAt().setExpirationTime(claims.exp ?? '1m').sign(key);

  const good = await sign({});
  assert.equal((await postAssertion(config, good)).status, 200);
  assert.equal((await postAssertion(config, good)).body.error, 'invalid_client', 'replayed');
  assert.equal((await postAssertion(config, await sign({ aud: 'https://elsewhere.example' }))).body.error, 'invalid_client');
  assert.equal((await postAssertion(config, await sign({ exp: Math.floor(Date.now() / 1000) - 600 }))).body.error, 'invalid_client');
  assert.equal((await postAssertion(config, await sign({ sub: 'somebody-else' }))).body.error, 'invalid_client');
  const { privateKey: foreign } = await generateKeyPair('ES256');
  assert.equal((await postAssertion(config, await sign({}, foreign))).body.error, 'invalid_client');
});

test('a registration is read, changed and removed with its own token', async () => {
  const config = await register();
  const { client_id, registration_access_token: token, registration_client_uri: uri, ...metadata } = config.clientMetadata();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const read = await fetch(uri, { headers });
  assert.equal(read.status, 200);
  assert.equal((await read.json()).client_name, 'Test application');

  const { client_secret_expires_at, client_id_issued_at, ...kept } = metadata;
  const changed = await fetch(uri, { method: 'PUT', headers, body: JSON.stringify({ ...kept, client_id, client_name: 'Another name' }) });
  assert.equal(changed.status, 200, JSON.stringify(await changed.clone().json()));
  const after = await changed.json();
  assert.equal(after.client_name, 'Another name');

  const next = { ...headers, authorization: `Bearer ${after.registration_access_token ?? token}` };
  assert.equal((await fetch(uri, { headers: { authorization: 'Bearer wrong' } })).status, 401);
  assert.equal((await fetch(uri)).status, 401);
  const stranger = (await register()).clientMetadata().registration_client_uri;
  assert.ok([401, 403].includes((await fetch(stranger, { headers: next })).status));
  assert.equal((await fetch(uri, { method: 'DELETE', headers: next })).status, 204);
  assert.equal((await fetch(uri, { headers: next })).status, 401);
});

test('bad metadata is refused by name', async () => {
  const attempts = {
    invalid_redirect_uri: [
      { redirect_uris: ['http://client.example/cb'] }, { redirect_uris: ['javascript:alert(1)'] }, { redirect_uris: ['https://a.example/#fragment'] },
      { redirect_uris: ['data:text/html,x'] }, { redirect_uris: [] }, { redirect_uris: ['/relative'] },
    ],
    invalid_client_metadata: [
      { token_endpoint_auth_method: 'magic' }, { grant_types: ['password'] }, { response_types: ['token'] },
      { id_token_signed_response_alg: 'none' }, { jwks: { keys: 'no' } }, { client_name: 'x'.repeat(10_000) }, { client_uri: 'javascript:alert(1)' },
    ],
  };
  for (const [error, all] of Object.entries(attempts)) {
    for (const metadata of all) {
      const body = JSON.stringify({ redirect_uris: ['https://client.example/cb'], ...metadata });
      const response = await fetch(`${ISSUER}/oauth2/register`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      assert.equal(response.status, 400, JSON.stringify(metadata).slice(0, 200));
      assert.equal((await response.json()).error, error, JSON.stringify(metadata).slice(0, 200));
    }
  }
});
