// A partner names a customer, and the gateway gets a token for them (RFC 7523), with an unmodified openid-client.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SignJWT, decodeJwt, importJWK } from 'jose';
import { openid } from '../support/client.js';
import { ISSUER } from '../support/host.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const jwk = JSON.parse(readFileSync(new URL('../../../local/demo/partner.jwk.json', import.meta.url)));

async function gateway() {
  const secret = 'lk_cs_local_ZGVtby1nYXRld2F5LXNlY3JldC1mb3ItdGhpcy1tYWNoaW5l';
  return openid.discovery(new URL(ISSUER), 'demo-gateway', undefined, openid.ClientSecretBasic(secret), { execute: [openid.allowInsecureRequests] });
}

async function assertion(subject, claims = {}) {
  const jwt = new SignJWT({ jti: crypto.randomUUID(), ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'partner' });
  return jwt.setIssuer('urn:latchkey:demo-partner').setSubject(subject).setAudience(ISSUER).setIssuedAt().setExpirationTime('5m').sign(await importJWK(jwk));
}

test('a partner names a customer, once', async () => {
  const config = await gateway();
  assert.ok(config.serverMetadata().grant_types_supported.includes(GRANT));
  const named = await assertion('grace@example.com');
  const tokens = await openid.genericGrantRequest(config, GRANT, { assertion: named, scope: 'openid email' });
  const { sub, auth_time } = decodeJwt(tokens.access_token);
  assert.equal(auth_time, undefined);
  assert.equal((await openid.fetchUserInfo(config, tokens.access_token, sub)).email, 'grace@example.com');
  await assert.rejects(openid.genericGrantRequest(config, GRANT, { assertion: named }), { error: 'invalid_grant' });
});

test('who is not known is not spoken for', async () => {
  const config = await gateway();
  for (const subject of ['nobody@example.com', 'demo-gateway', '']) {
    const refused = openid.genericGrantRequest(config, GRANT, { assertion: await assertion(subject) });
    await assert.rejects(refused, { error: 'invalid_grant' });
  }
});
