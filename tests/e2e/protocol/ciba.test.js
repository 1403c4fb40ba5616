// Client-initiated backchannel authentication with openid-client: the customer is asked by mail (OpenID CIBA Core 1.0).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { openid, register } from '../support/client.js';
import { ISSUER } from '../support/host.js';
import { messagesTo } from '../support/inbox.js';
import { openReceiver } from '../support/receiver.js';
import { newCustomer, Visitor } from '../support/visitor.js';

const GRANT = 'urn:openid:params:grant-type:ciba';
const TOKEN = '8d67dc78-7faa-4d41-aabd-67707b374255';
const keys = createRemoteJWKSet(new URL(`${ISSUER}/.well-known/jwks.json`));

const client = (metadata) => register({ client_name: 'Car Rental', redirect_uris: [], response_types: [], grant_types: [GRANT, 'refresh_token'], backchannel_token_delivery_mode: 'poll', ...metadata });

async function linkFor(email) {
  const [newest] = await messagesTo(email);
  return newest.text.match(/https?:\/\/\S*\/approve\?\S+/)[0];
}

/** Follows the mailed link and answers the question. */
async function decide({ visitor, email }, decision) {
  const question = await visitor.get(await linkFor(email));
  const done = await visitor.complete(question, { email, decide: decision });
  assert.match(done.text('outcome'), /Car Rental/);
  return question;
}

test('a customer who is asked by mail says yes, and the client that polls gets tokens', async () => {
  const config = await client();
  const customer = await newCustomer('renter');
  const given = await openid.initiateBackchannelAuthentication(config, { scope: 'openid profile', login_hint: customer.email, binding_message: 'Rental 4711' });
  const polling = openid.pollBackchannelAuthenticationGrant(config, given);
  const question = await decide(customer, 'allow');
  assert.equal(question.text('binding-message'), 'Rental 4711');
  const tokens = await polling;
  assert.ok(tokens.claims().sub);
  assert.ok((await openid.refreshTokenGrant(config, tokens.refresh_token)).access_token);
});

test('a client is told that its customer said no', async () => {
  const config = await client();
  const customer = await newCustomer('renter');
  const given = await openid.initiateBackchannelAuthentication(config, { scope: 'openid', login_hint: customer.email });
  await decide(customer, 'deny');
  await assert.rejects(openid.pollBackchannelAuthenticationGrant(config, given), { error: 'access_denied' });
});

test('a client that is pinged asks once and gets tokens', async () => {
  const receiver = await openReceiver();
  const config = await client({ backchannel_token_delivery_mode: 'ping', backchannel_client_notification_endpoint: `${receiver.origin}/notify` });
  const customer = await newCustomer('renter');
  const given = await openid.initiateBackchannelAuthentication(config, { scope: 'openid', login_hint: customer.email, client_notification_token: TOKEN });
  await decide(customer, 'allow');
  const ping = await receiver.next();
  assert.equal(ping.headers.authorization, `Bearer ${TOKEN}`);
  assert.deepEqual(ping.json(), { auth_req_id: given.auth_req_id });
  const tokens = await openid.pollBackchannelAuthenticationGrant(config, given);
  assert.ok(tokens.access_token);
});

test('a client that is pushed to gets tokens that belong together', async () => {
  const receiver = await openReceiver();
  const config = await client({ backchannel_token_delivery_mode: 'push', backchannel_client_notification_endpoint: `${receiver.origin}/notify` });
  const customer = await newCustomer('renter');
  const given = await openid.initiateBackchannelAuthentication(config, { scope: 'openid', login_hint: customer.email, client_notification_token: TOKEN });
  await decide(customer, 'allow');
  const pushed = (await receiver.next()).json();
  assert.equal(pushed.auth_req_id, given.auth_req_id);
  const { payload } = await jwtVerify(pushed.id_token, keys, { issuer: ISSUER, audience: config.clientMetadata().client_id });
  assert.equal(payload['urn:openid:params:jwt:claim:auth_req_id'], given.auth_req_id);
  const info = await openid.fetchUserInfo(config, pushed.access_token, payload.sub);
  assert.equal(info.sub, payload.sub);
});

test('a client without the grant has nobody asked', async () => {
  const config = await register();
  await assert.rejects(openid.initiateBackchannelAuthentication(config, { scope: 'openid', login_hint: 'ada@example.com' }), { error: 'unauthorized_client' });
});

test('a link that leads nowhere says so', async () => {
  const view = await new Visitor().get('/approve?request=nonsense');
  assert.equal(view.status, 400);
  assert.ok(view.text('explanation'));
});
