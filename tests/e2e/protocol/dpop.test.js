// Tokens that are bound to a key, with an unmodified openid-client (DPoP, RFC 9449).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calculateJwkThumbprint, decodeJwt, exportJWK } from 'jose';
import { begin, openid, register } from '../support/client.js';
import { ISSUER } from '../support/host.js';
import { Visitor } from '../support/visitor.js';

/** A client with a key: what openid-client proves with, and the key's thumbprint. */
async function holder(config, algorithm = 'ES256') {
  const pair = await openid.randomDPoPKeyPair(algorithm);
  return { DPoP: openid.getDPoPHandle(config, pair), jkt: await calculateJwkThumbprint(await exportJWK(pair.publicKey)) };
}

async function signInWith(config, { DPoP }, parameters = {}) {
  const { url, checks } = await begin(config, { scope: 'openid email offline_access account', prompt: 'consent', ...parameters });
  const visitor = new Visitor();
  const landed = await visitor.complete(await visitor.get(url), { email: 'ada@example.com' });
  return openid.authorizationCodeGrant(config, landed.url, checks, {}, { DPoP });
}

test('a public client binds its tokens to its key, from the code to the refresh', async () => {
  const config = await register({ token_endpoint_auth_method: 'none', dpop_bound_access_tokens: true, scope: 'openid email offline_access account' });
  assert.equal(config.clientMetadata().dpop_bound_access_tokens, true);
  for (const algorithm of ['ES256', 'Ed25519', 'PS256']) {
    const own = await holder(config, algorithm);
    const tokens = await signInWith(config, own, { dpop_jkt: own.jkt });
    assert.equal(tokens.token_type, 'dpop');
    assert.equal(decodeJwt(tokens.access_token).cnf.jkt, own.jkt);
    const { sub } = tokens.claims();
    assert.equal((await openid.fetchUserInfo(config, tokens.access_token, sub, own)).email, 'ada@example.com');
    const account = new URL(`${ISSUER}/v1/account/profile`);
    assert.equal((await openid.fetchProtectedResource(config, tokens.access_token, account, 'GET', null, undefined, own)).status, 200);

    const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token, {}, own);
    assert.equal((await openid.fetchUserInfo(config, fresh.access_token, sub, own)).sub, sub);
    await assert.rejects(openid.refreshTokenGrant(config, fresh.refresh_token), { error: 'invalid_dpop_proof' });
    await assert.rejects(openid.refreshTokenGrant(config, fresh.refresh_token, {}, await holder(config)), { error: 'invalid_grant' });
  }
});

test('a stolen token is worth nothing without the key', async () => {
  const config = await register({ scope: 'openid email' });
  const [own, thief] = [await holder(config), await holder(config)];
  const tokens = await signInWith(config, own, { scope: 'openid' });
  const bearer = await fetch(`${ISSUER}/oauth2/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  assert.equal(bearer.status, 401);
  assert.match(bearer.headers.get('www-authenticate'), /DPoP realm="latchkey", algs="/);
  await assert.rejects(openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, thief));
  const told = await openid.tokenIntrospection(config, tokens.access_token);
  assert.deepEqual([told.active, told.token_type, told.cnf], [true, 'DPoP', { jkt: own.jkt }]);
});

test('a code is worth nothing without the key that its request names', async () => {
  const config = await register();
  const [own, thief] = [await holder(config), await holder(config)];
  await assert.rejects(signInWith(config, thief, { scope: 'openid', dpop_jkt: own.jkt }), { error: 'invalid_grant' });
});

test('a request that is pushed with a proof binds its code', async () => {
  const config = await register();
  const [own, thief] = [await holder(config), await holder(config)];
  for (const [who, error] of [[own, undefined], [thief, 'invalid_grant']]) {
    const { url, checks } = await begin(config, { scope: 'openid' });
    const pushed = await openid.buildAuthorizationUrlWithPAR(config, url.searchParams, own);
    const visitor = new Visitor();
    const landed = await visitor.complete(await visitor.get(pushed), { email: 'ada@example.com' });
    const redeemed = openid.authorizationCodeGrant(config, landed.url, checks, {}, who);
    if (error) await assert.rejects(redeemed, { error });
    else assert.equal((await redeemed).token_type, 'dpop');
  }
});

test('a service binds its tokens as well', async () => {
  const config = await register({ grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope: 'demo.read', dpop_bound_access_tokens: true });
  const own = await holder(config);
  const tokens = await openid.clientCredentialsGrant(config, {}, own);
  assert.equal(decodeJwt(tokens.access_token).cnf.jkt, own.jkt);
  await assert.rejects(openid.clientCredentialsGrant(config), { error: 'invalid_dpop_proof' });
});
