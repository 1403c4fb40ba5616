// Authorization requests that openid-client signs (RFC 9101), in the browser's address and pushed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { openid, prepare, register } from '../support/client.js';
import { Visitor } from '../support/visitor.js';

/** A client that must sign its requests with `alg`, and its key. */
async function signing(alg) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'request-key', alg, use: 'sig' };
  const metadata = { jwks: { keys: [jwk] }, request_object_signing_alg: alg, require_signed_request_object: true };
  return { config: await register(metadata), key: { key: privateKey, kid: 'request-key' } };
}

async function signInAt(url) {
  const visitor = new Visitor();
  return visitor.complete(await visitor.get(url), { email: 'ada@example.com' });
}

for (const alg of ['ES256', 'ES384', 'EdDSA', 'RS256', 'PS256']) {
  test(`a request signed with ${alg} signs a customer in`, async () => {
    const { config, key } = await signing(alg);
    const { asked, checks } = await prepare({ scope: 'openid email' });
    const url = await openid.buildAuthorizationUrlWithJAR(config, asked, key);
    assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request']);
    const landed = await signInAt(url);
    const tokens = await openid.authorizationCodeGrant(config, landed.url, checks);
    assert.equal(tokens.scope, 'openid email');
  });
}

test('a signed request may be pushed', async () => {
  const { config, key } = await signing('ES256');
  const { asked, checks } = await prepare();
  const signed = await openid.buildAuthorizationUrlWithJAR(config, asked, key);
  const url = await openid.buildAuthorizationUrlWithPAR(config, signed.searchParams);
  assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request_uri']);
  const landed = await signInAt(url);
  assert.ok((await openid.authorizationCodeGrant(config, landed.url, checks)).access_token);
});

test('a client that must sign is refused when it does not, and when another signs', async () => {
  const { config } = await signing('ES256');
  const { asked } = await prepare();
  const plain = await signInAt(openid.buildAuthorizationUrl(config, asked));
  assert.equal(plain.url.searchParams.get('error'), 'invalid_request');
  const { key: stranger } = await signing('ES256');
  const forged = await signInAt(await openid.buildAuthorizationUrlWithJAR(config, asked, stranger));
  assert.equal(forged.url.searchParams.get('error'), 'invalid_request_object');
  assert.equal(forged.url.searchParams.get('state'), asked.state);
});
