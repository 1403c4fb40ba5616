// Answers that are encrypted to the client, opened by openid-client and jose (OpenID Connect Core §10.2, RFC 7516, RFC 9701).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactDecrypt, createRemoteJWKSet, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { openid, register, signIn } from '../support/client.js';
import { ISSUER } from '../support/host.js';

const CONTENT = ['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM'];
const ours = createRemoteJWKSet(new URL(`${ISSUER}/.well-known/jwks.json`));

/** A pair for `alg`, and the public half as a client registers it. */
async function recipient(alg, crv = 'P-256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, crv });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: 'enc-1', use: 'enc', alg } };
}

// openid-client knows these curves alone.
const kinds = [['ECDH-ES', 'P-256'], ['ECDH-ES', 'X25519'], ['ECDH-ES+A128KW', 'P-256'], ['ECDH-ES+A256KW', 'P-256'], ['RSA-OAEP-256']];

for (const [alg, crv] of kinds) {
  test(`openid-client reads ID token and userinfo encrypted with ${alg} ${crv ?? ''}`, async () => {
    const { privateKey, jwk } = await recipient(alg, crv);
    for (const enc of CONTENT) {
      const config = await register({
        jwks: { keys: [jwk] },
        id_token_encrypted_response_alg: alg, id_token_encrypted_response_enc: enc,
        userinfo_signed_response_alg: 'PS256', userinfo_encrypted_response_alg: alg, userinfo_encrypted_response_enc: enc,
      });
      openid.enableDecryptingResponses(config, [enc], { key: privateKey, kid: 'enc-1' });
      const { tokens } = await signIn(config, { parameters: { scope: 'openid email' } });
      const { alg: usedAlg, enc: usedEnc, cty } = decodeProtectedHeader(tokens.id_token);
      assert.deepEqual([usedAlg, usedEnc, cty], [alg, enc, 'JWT']);
      const { sub } = tokens.claims();
      const claims = await openid.fetchUserInfo(config, tokens.access_token, sub);
      assert.equal(claims.email, 'ada@example.com');
    }
  });
}

for (const [alg, crv] of [['ECDH-ES', 'P-256'], ['ECDH-ES', 'P-384'], ['ECDH-ES+A256KW', 'P-384']]) {
  test(`userinfo that is encrypted alone is the claims themselves: ${alg} ${crv}`, async () => {
    const { privateKey, jwk } = await recipient(alg, crv);
    const config = await register({ jwks: { keys: [jwk] }, userinfo_encrypted_response_alg: alg });
    const { tokens } = await signIn(config, { parameters: { scope: 'openid email' } });
    const response = await fetch(`${ISSUER}/oauth2/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    assert.equal(response.headers.get('content-type'), 'application/jwt');
    const { plaintext, protectedHeader } = await compactDecrypt(await response.text(), privateKey);
    assert.equal(protectedHeader.enc, 'A128CBC-HS256');
    const claims = JSON.parse(new TextDecoder().decode(plaintext));
    assert.deepEqual([claims.iss, claims.aud, claims.sub], [ISSUER, config.clientMetadata().client_id, tokens.claims().sub]);
  });
}

test('openid-client introspects by signed and by encrypted JWTs', async () => {
  const { privateKey, jwk } = await recipient('RSA-OAEP-256');
  for (const metadata of [{}, { jwks: { keys: [jwk] }, introspection_encrypted_response_alg: 'RSA-OAEP-256', introspection_encrypted_response_enc: 'A256GCM' }]) {
    const config = await register({ introspection_signed_response_alg: 'ES384', ...metadata });
    openid.enableDecryptingResponses(config, CONTENT, { key: privateKey, kid: 'enc-1' });
    const { tokens } = await signIn(config);
    const told = await openid.tokenIntrospection(config, tokens.access_token);
    assert.equal(told.active, true);
    assert.equal((await openid.tokenIntrospection(config, 'unknown')).active, false);
  }
});

test('an introspection by JWT is for its client and is no token', async () => {
  const config = await register();
  const { client_id, client_secret } = config.clientMetadata();
  const { tokens } = await signIn(config);
  const response = await fetch(`${ISSUER}/oauth2/introspect`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}`, accept: 'application/token-introspection+jwt' },
    body: new URLSearchParams({ token: tokens.access_token }),
  });
  const jwt = await response.text();
  const { payload } = await jwtVerify(jwt, ours, { issuer: ISSUER, audience: client_id, typ: 'token-introspection+jwt', algorithms: ['RS256'] });
  assert.equal(payload.token_introspection.active, true);
  const userinfo = await fetch(`${ISSUER}/oauth2/userinfo`, { headers: { authorization: `Bearer ${jwt}` } });
  assert.equal(userinfo.status, 401);
});

test('encryption that cannot be given is refused at the registration', async () => {
  const { jwk } = await recipient('ECDH-ES');
  for (const metadata of [
    { id_token_encrypted_response_alg: 'ECDH-ES' },
    { jwks: { keys: [jwk] }, id_token_encrypted_response_alg: 'RSA-OAEP-256' },
    { jwks: { keys: [jwk] }, id_token_encrypted_response_alg: 'RSA1_5' },
    { jwks: { keys: [jwk] }, userinfo_encrypted_response_enc: 'A256GCM' },
  ]) {
    await assert.rejects(register(metadata), { error: 'invalid_client_metadata' });
  }
});
