// Debian's mod_auth_openidc behind a real Apache: a page for customers, their sign-out from both sides, and an API.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort, NO_APACHE, secureOrigin, startApache } from '../support/apache.js';
import { enter, openBrowser } from '../support/chromium.js';
import { openid, register } from '../support/client.js';
import { ISSUER } from '../support/host.js';
import { newCustomer, Visitor } from '../support/visitor.js';

/** An Apache of its own, whose client registered with these metadata. */
async function application(metadata = {}, lines = []) {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const config = await register({
    client_name: 'Apache',
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/bye/`],
    backchannel_logout_uri: `${origin}/callback?logout=backchannel`,
    scope: 'openid email demo.read',
    ...metadata,
  });
  const { client_id: id, client_secret: secret } = config.clientMetadata();
  const known = [`OIDCClientID ${id}`, secret ? `OIDCClientSecret ${secret}` : '', 'OIDCScope "openid email demo.read"', ...lines];
  return { ...(await startApache(port, known)), config };
}

/** Opens the private page as a new customer, who signs in for that. */
async function openPrivatePage({ origin }) {
  const { email } = await newCustomer('apache');
  const page = await openBrowser();
  await page.goto(`${origin}/private/`);
  await enter(page, email);
  await page.click('#allow');
  await page.waitForURL(`${origin}/private/`);
  assert.equal(await page.textContent('#page'), 'Private');
  const headers = await (await page.reload()).allHeaders();
  assert.equal(headers['x-email'], email);
  return { page, email, headers };
}

/** Whether the private page asks to sign in, for a browser that may have a session here but has none at the application. */
async function asksToSignIn(page, origin) {
  await page.goto(`${origin}/private/`);
  return page.url().startsWith(ISSUER);
}

const METHODS = {
  'client_secret_basic': [{}, ['OIDCProviderTokenEndpointAuth client_secret_basic']],
  'client_secret_post': [{ token_endpoint_auth_method: 'client_secret_post' }, ['OIDCProviderTokenEndpointAuth client_secret_post']],
  'an answer by form, and ES256': [{ id_token_signed_response_alg: 'ES256' }, ['OIDCResponseMode form_post', 'OIDCIDTokenSignedResponseAlg ES256', 'OIDCCookieSameSite Off']],
  'signed userinfo': [{ userinfo_signed_response_alg: 'RS256' }, ['OIDCUserInfoSignedResponseAlg RS256']],
};

for (const [name, [metadata, lines]] of Object.entries(METHODS)) {
  test(`Apache lets a customer in who signed in: ${name}`, { skip: NO_APACHE }, async () => {
    await openPrivatePage(await application(metadata, lines));
  });
}

test('signing out at Apache signs out here', { skip: NO_APACHE }, async () => {
  const { origin, ...apache } = await application();
  const { page } = await openPrivatePage({ origin, ...apache });
  await page.goto(`${origin}/callback?logout=${encodeURIComponent(`${origin}/bye/`)}`);
  assert.equal(page.url(), `${origin}/bye/`);
  assert.ok(await asksToSignIn(page, origin));
  await page.waitForSelector('#identifier');
});

test('signing out here signs out at Apache, through the back channel', { skip: NO_APACHE }, async () => {
  const { origin, answered, ...apache } = await application();
  const { page, email } = await openPrivatePage({ origin, ...apache });
  const elsewhere = new Visitor();
  await elsewhere.signIn(email);
  await (await elsewhere.get('/account/sessions')).submit('end-others-form');
  assert.match(await answered(/^POST \/callback\?logout=backchannel/), / 200$/);
  assert.ok(await asksToSignIn(page, origin));
});

test('an API behind Apache takes our tokens, as it checks them itself', { skip: NO_APACHE }, async () => {
  await checkApi(await application({}, [`OIDCOAuthVerifyJwksUri ${await secureOrigin()}/.well-known/jwks.json`]));
});

test('an API behind Apache takes our tokens, as it asks about them', { skip: NO_APACHE }, async () => {
  // It can not keep what it learned of a JWT, whose length it did not expect.
  const api = await register({ latchkey_access_token_format: 'opaque', grant_types: ['client_credentials'], redirect_uris: [], response_types: [], scope: 'demo.read demo.write' });
  const { client_id: id, client_secret: secret } = api.clientMetadata();
  const introspection = [
    `OIDCOAuthIntrospectionEndpoint ${await secureOrigin()}/oauth2/introspect`,
    'OIDCOAuthIntrospectionEndpointAuth client_secret_basic',
    `OIDCOAuthClientID ${id}`,
    `OIDCOAuthClientSecret ${secret}`,
  ];
  await checkApi(await application({}, introspection), api);
});

async function checkApi({ origin }, client) {
  const service = client ?? (await register({ grant_types: ['client_credentials'], redirect_uris: [], response_types: [], scope: 'demo.read demo.write' }));
  const call = (token) => fetch(`${origin}/api/`, { headers: { authorization: `Bearer ${token}` } });
  const { access_token: token } = await openid.clientCredentialsGrant(service, { scope: 'demo.read' });
  const answer = await call(token);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('x-subject'), service.clientMetadata().client_id);
  assert.equal((await call(`${token.slice(0, -8)}AAAAAAAA`)).status, 401);
  const { access_token: other } = await openid.clientCredentialsGrant(service, { scope: 'demo.write' });
  assert.equal((await call(other)).status, 401, 'of another scope');
}
