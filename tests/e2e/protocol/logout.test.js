// Back-channel logout: every application of a session is told of its end by a token that it can check (Back-Channel Logout 1.0).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactDecrypt, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { openid, register, signIn } from '../support/client.js';
import { ISSUER } from '../support/host.js';
import { recoveryLinkFor } from '../support/inbox.js';
import { openReceiver } from '../support/receiver.js';
import { newCustomer, Visitor } from '../support/visitor.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const NEW = 'a brand new pass phrase 52';
const keys = createRemoteJWKSet(new URL(`${ISSUER}/.well-known/jwks.json`));

/** An application that is told of sign-outs, and a customer of its own who is signed in there. */
async function signedIn(name, metadata = {}) {
  const receiver = await openReceiver();
  const uri = `${receiver.origin}/signed-out`;
  const config = await register({ backchannel_logout_uri: uri, backchannel_logout_session_required: true, ...metadata });
  const { email } = await newCustomer(name);
  const { tokens, visitor } = await signIn(config, { email });
  return { receiver, config, email, tokens, visitor, claims: tokens.claims() };
}

/** The claims of the next logout token, checked as Back-Channel Logout 1.0 §2.6 says. */
async function nextToken({ receiver, config }, algorithm = 'RS256') {
  const posted = await receiver.next();
  assert.equal(posted.method, 'POST');
  assert.equal(posted.headers['content-type'], 'application/x-www-form-urlencoded');
  const { payload, protectedHeader } = await jwtVerify(posted.form.get('logout_token'), keys, {
    issuer: ISSUER,
    audience: config.clientMetadata().client_id,
    algorithms: [algorithm],
    typ: 'logout+jwt',
    requiredClaims: ['iat', 'exp', 'jti', 'events', 'sub', 'sid'],
    maxTokenAge: 120,
  });
  assert.equal(protectedHeader.alg, algorithm);
  assert.deepEqual(payload.events, { [EVENT]: {} });
  assert.equal(payload.nonce, undefined);
  assert.ok(payload.exp - payload.iat <= 120);
  return payload;
}

const otherBrowser = async (email) => {
  const visitor = new Visitor();
  await visitor.signIn(email);
  return visitor;
};

const WAYS = {
  'sign-out by the application': async ({ visitor, config, tokens }) => {
    await visitor.get(openid.buildEndSessionUrl(config, { id_token_hint: tokens.id_token }));
  },
  'sign-out without a hint': async ({ visitor }) => {
    await (await visitor.get('/oauth2/logout')).submit('logout');
  },
  'sign-out at the account centre': async ({ visitor }) => {
    await (await visitor.get('/account')).submit('logout');
  },
  'the end of one session from another browser': async ({ email, claims }) => {
    const page = await (await otherBrowser(email)).get('/account/sessions');
    await page.submit(page.forms.find((form) => form.fields.session === claims.sid));
  },
  'the end of all other sessions': async ({ email }) => {
    await (await (await otherBrowser(email)).get('/account/sessions')).submit('end-others-form');
  },
  'a new password': async ({ email }) => {
    const page = await (await otherBrowser(email)).get('/account/password');
    await page.submit('password', { current_password: 'correct horse battery staple 7', new_password: NEW });
  },
  'a recovery': async ({ email }) => {
    const visitor = new Visitor();
    await (await visitor.get('/recover')).submit('recover', { identifier: email });
    await (await visitor.get(await recoveryLinkFor(email))).submit('reset', { password: NEW });
  },
};

for (const [way, end] of Object.entries(WAYS)) {
  test(`${way} is told to the application`, async () => {
    const session = await signedIn('leaver');
    assert.equal(session.receiver.arrived.length, 0);
    await end(session);
    const told = await nextToken(session);
    assert.equal(told.sid, session.claims.sid);
    assert.equal(told.sub, session.claims.sub);
  });
}

for (const algorithm of ['ES256', 'EdDSA', 'ES384', 'PS256']) {
  test(`a logout token is signed as the ID tokens of the application: ${algorithm}`, async () => {
    const session = await signedIn('signer', { id_token_signed_response_alg: algorithm });
    await WAYS['sign-out by the application'](session);
    await nextToken(session, algorithm);
  });
}

test('a logout token is encrypted as the ID tokens of the application', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { extractable: true });
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'enc', use: 'enc', alg: 'ECDH-ES' }] };
  const receiver = await openReceiver();
  const config = await register({ backchannel_logout_uri: `${receiver.origin}/signed-out`, jwks, id_token_encrypted_response_alg: 'ECDH-ES' });
  openid.enableDecryptingResponses(config, ['A128CBC-HS256'], { key: privateKey, kid: 'enc' });
  const { tokens, visitor } = await signIn(config, { email: (await newCustomer('sealed')).email });
  await (await visitor.get('/account')).submit('logout');
  const { form } = await receiver.next();
  const { plaintext, protectedHeader } = await compactDecrypt(form.get('logout_token'), privateKey);
  assert.equal(protectedHeader.cty, 'JWT');
  const { payload } = await jwtVerify(new TextDecoder().decode(plaintext), keys, { issuer: ISSUER, typ: 'logout+jwt' });
  assert.equal(payload.sid, tokens.claims().sid);
});

test('an application that fails is tried again', async () => {
  const session = await signedIn('patient');
  session.receiver.statuses.push(500);
  await WAYS['sign-out by the application'](session);
  const [first, second] = [await nextToken(session), await nextToken(session)];
  assert.equal(first.sid, second.sid);
  assert.notEqual(first.jti, second.jti);
});

test('discovery says that sign-outs are told', async () => {
  const metadata = await (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json();
  for (const channel of ['frontchannel', 'backchannel']) {
    assert.equal(metadata[`${channel}_logout_supported`], true);
    assert.equal(metadata[`${channel}_logout_session_supported`], true);
  }
  assert.equal(metadata.check_session_iframe, undefined);
});
