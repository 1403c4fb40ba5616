// FAPI 2.0 with an unmodified openid-client: the security profile, and message signing on top of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK } from 'jose';
import { openid, prepare, register, registerWithKey } from '../support/client.js';
import { Visitor } from '../support/visitor.js';

const REDIRECTS = { redirect_uris: ['https://bank.example/callback'] };
const redirect_uri = REDIRECTS.redirect_uris[0];

/** A bank's application that keeps `profile`, its key, and what its tokens are bound to. */
async function bank(profile, algorithm = 'PS256') {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'bank-key', alg: algorithm, use: 'sig' };
  const key = { key: privateKey, kid: 'bank-key' };
  const metadata = { ...REDIRECTS, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] }, latchkey_compliance: profile };
  const config = await register(metadata, openid.PrivateKeyJwt(key));
  return { config, key, DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256')) };
}

async function signInAt(url) {
  const visitor = new Visitor();
  return visitor.complete(await visitor.get(url), { email: 'ada@example.com' });
}

for (const algorithm of ['PS256', 'ES256', 'EdDSA']) {
  test(`a client of the security profile with ${algorithm}`, async () => {
    const { config, DPoP } = await bank('fapi2', algorithm);
    const { asked, checks } = await prepare({ redirect_uri, scope: 'openid email offline_access' });
    const landed = await signInAt(await openid.buildAuthorizationUrlWithPAR(config, asked, { DPoP }));
    const tokens = await openid.authorizationCodeGrant(config, landed.url, checks, {}, { DPoP });
    assert.equal(tokens.token_type, 'dpop');
    assert.equal(decodeProtectedHeader(tokens.id_token).alg, 'ES256');
    const { sub } = tokens.claims();
    assert.equal((await openid.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).email, 'ada@example.com');
    const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token, {}, { DPoP });
    assert.equal(fresh.refresh_token, tokens.refresh_token, 'it does not rotate');
    await assert.rejects(openid.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_dpop_proof' });
  });
}

test('a client of the security profile pushes its requests, with PKCE', async () => {
  const { config, DPoP } = await bank('fapi2');
  const { asked } = await prepare({ redirect_uri });
  const landed = await signInAt(openid.buildAuthorizationUrl(config, asked));
  assert.equal(landed.url.searchParams.get('error'), 'invalid_request');
  const { code_challenge, code_challenge_method, ...plain } = asked;
  await assert.rejects(openid.buildAuthorizationUrlWithPAR(config, plain, { DPoP }), { error: 'invalid_request' });
});

test('messages are signed both ways', async () => {
  const { config, key, DPoP } = await bank('fapi2_message_signing', 'ES256');
  openid.useJwtResponseMode(config);
  const { asked, checks } = await prepare({ redirect_uri, scope: 'openid email' });
  const signed = await openid.buildAuthorizationUrlWithJAR(config, asked, key, {
    [openid.modifyAssertion]: (header, payload) => { payload.nbf ??= payload.iat; },
  });
  const landed = await signInAt(await openid.buildAuthorizationUrlWithPAR(config, signed.searchParams, { DPoP }));
  assert.deepEqual([...landed.url.searchParams.keys()], ['response']);
  const tokens = await openid.authorizationCodeGrant(config, landed.url, checks, {}, { DPoP });
  assert.equal(decodeJwt(tokens.access_token).cnf.jkt.length, 43);
  const told = await openid.tokenIntrospection(config, tokens.access_token);
  assert.equal(told.active, true);
  assert.equal(told.scope, 'openid email');
  await assert.rejects(openid.buildAuthorizationUrlWithPAR(config, asked, { DPoP }), { error: 'invalid_request' });
});

test('an RSA key proves with PS256, and with RS256 nothing', async () => {
  const { privateKey, publicKey } = await generateKeyPair('PS256', { extractable: true });
  const [own, shown] = [await exportJWK(privateKey), await exportJWK(publicKey)];
  const metadata = { ...REDIRECTS, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ ...shown, kid: 'rsa', use: 'sig' }] } };
  const { asked } = await prepare({ redirect_uri });
  const push = async (profile, algorithm) => {
    const key = { key: await importJWK(own, algorithm), kid: 'rsa' };
    const config = await register({ ...metadata, latchkey_compliance: profile }, openid.PrivateKeyJwt(key));
    return openid.buildAuthorizationUrlWithPAR(config, asked);
  };
  assert.ok(await push('fapi2', 'PS256'));
  assert.ok(await push('oauth21', 'RS256'));
  await assert.rejects(push('fapi2', 'RS256'), { error: 'invalid_client' });
});

test('what is against a profile is not registered', async () => {
  await assert.rejects(register({ ...REDIRECTS, latchkey_compliance: 'fapi2' }), { error: 'invalid_client_metadata' });
  await assert.rejects(registerWithKey('RS256', { ...REDIRECTS, latchkey_compliance: 'fapi2' }), { error: 'invalid_client_metadata' });
  const told = await register({ latchkey_compliance: 'oauth21' });
  assert.equal(told.clientMetadata().latchkey_pkce, 'required');
});
