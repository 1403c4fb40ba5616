// The device grant with openid-client: a device shows a code, and its customer types it in a browser (RFC 8628).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openid, register } from '../support/client.js';
import { ISSUER } from '../support/host.js';
import { newCustomer, Visitor } from '../support/visitor.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const device = (metadata) => register({ client_name: 'Television', redirect_uris: [], response_types: [], grant_types: [GRANT, 'refresh_token'], ...metadata });

/** Types the code and answers the question. */
async function decide({ visitor, email }, { verification_uri_complete: link }, decision) {
  const start = await (await visitor.get(link)).submit('device');
  const done = await visitor.complete(start, { email, decide: decision });
  return done.text('outcome');
}

for (const method of ['none', 'client_secret_basic']) {
  test(`a device gets tokens when its customer says yes (${method})`, async () => {
    const config = await device({ token_endpoint_auth_method: method });
    const given = await openid.initiateDeviceAuthorization(config, { scope: 'openid profile offline_access' });
    assert.match(given.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    assert.equal(given.verification_uri, `${ISSUER}/device`);
    const polling = openid.pollDeviceAuthorizationGrant(config, given);
    assert.match(await decide(await newCustomer('viewer'), given, 'allow'), /Television/);
    const tokens = await polling;
    assert.ok(tokens.claims().sub);
    assert.equal((await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).sub, tokens.claims().sub);
    assert.ok((await openid.refreshTokenGrant(config, tokens.refresh_token)).access_token);
  });
}

test('a device is told that its customer said no', async () => {
  const config = await device();
  const given = await openid.initiateDeviceAuthorization(config, { scope: 'openid' });
  await decide(await newCustomer('viewer'), given, 'deny');
  await assert.rejects(openid.pollDeviceAuthorizationGrant(config, given), { error: 'access_denied' });
});

test('a code may be typed in any case, with or without its dash, and a wrong one is told beside its field', async () => {
  const config = await device();
  const given = await openid.initiateDeviceAuthorization(config, { scope: 'openid' });
  const { visitor } = await newCustomer('typist');
  const page = await visitor.get('/device');
  const wrong = await page.submit('device', { user_code: 'BBBB-BBBB' });
  assert.equal(wrong.status, 400);
  assert.ok(wrong.text('user_code-error'));
  const question = await wrong.submit('device', { user_code: given.user_code.replace('-', ' ').toLowerCase() });
  assert.equal(question.text('device-code'), given.user_code);
});

test('a client without the grant gets no device code', async () => {
  const config = await register();
  await assert.rejects(openid.initiateDeviceAuthorization(config, { scope: 'openid' }), { error: 'unauthorized_client' });
});

test('a device that asks for nothing that it may have is refused', async () => {
  const config = await device({ scope: 'openid' });
  await assert.rejects(openid.initiateDeviceAuthorization(config, { scope: 'demo.write' }), { error: 'invalid_scope' });
});

test('the page works without scripts, in an old engine', async () => {
  const view = await new Visitor().get('/device');
  const form = view.form('device');
  assert.equal(form.method, 'post');
  assert.ok(!/<script/i.test(view.body));
});
