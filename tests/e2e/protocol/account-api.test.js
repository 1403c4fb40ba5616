// The account API for applications with the scope `account`, and its refusals; what is open to everybody.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openid, register, signIn } from '../support/client.js';
import { ISSUER, PASSWORD } from '../support/host.js';
import { newCustomer, Visitor } from '../support/visitor.js';

let config, customer, tokens;

before(async () => {
  config = await register({ scope: 'openid email account offline_access' });
  customer = await newCustomer('api');
  ({ tokens } = await signIn(config, { ...customer, parameters: { scope: 'openid account offline_access', prompt: 'consent' } }));
});

async function call(method, path, { body, token = tokens.access_token, headers = {} } = {}) {
  const response = await fetch(`${ISSUER}${path}`, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }), ...headers },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
}

test('an application reads and changes the profile with the scope account', async () => {
  const read = await call('GET', '/v1/account/profile');
  assert.equal(read.status, 200, JSON.stringify(read.body));
  assert.match(JSON.stringify(read.body), new RegExp(customer.email));
  const changed = await call('PATCH', '/v1/account/profile', { body: { nickname: 'Countess', birthdate: '1815-12-10' } });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.match(JSON.stringify((await call('GET', '/v1/account/profile')).body), /Countess/);
  const wrong = await call('PATCH', '/v1/account/profile', { body: { birthdate: 'in spring' } });
  assert.ok([400, 422].includes(wrong.status));
  assert.match(wrong.headers.get('content-type'), /problem\+json/);
  assert.ok(wrong.body.code);
});

test('what a customer may not change about themselves is refused', async () => {
  for (const body of [{ sub: 'usr_x' }, { email_verified: true }, { roles: ['owner'] }, { status: 'active' }, { identifiers: [] }, { nickname: 'x'.repeat(10_000) }, { nickname: { a: 1 } }, []]) {
    const { status } = await call('PATCH', '/v1/account/profile', { body });
    assert.ok([400, 403, 422].includes(status), `${JSON.stringify(body).slice(0, 60)}: ${status}`);
  }
});

test('an application changes the password, given the present one', async () => {
  const other = await newCustomer('apipassword');
  const own = (await signIn(config, { ...other, parameters: { scope: 'openid account', prompt: 'consent' } })).tokens.access_token;
  const change = (body) => call('POST', '/v1/account/password', { token: own, body });
  assert.ok([400, 403, 422].includes((await change({ current_password: 'not my password', new_password: 'a brand new pass phrase 81' })).status));
  assert.ok([400, 422].includes((await change({ current_password: PASSWORD, new_password: 'short' })).status));
  const done = await change({ current_password: PASSWORD, new_password: 'a brand new pass phrase 81' });
  assert.ok([200, 204].includes(done.status), JSON.stringify(done.body));
  await new Visitor().signIn(other.email, 'a brand new pass phrase 81');
});

test('an application lists and ends sessions', async () => {
  await new Visitor().signIn(customer.email);
  await new Visitor().signIn(customer.email);
  const sessions = async () => (await call('GET', '/v1/account/sessions')).body.sessions;
  const before = await sessions();
  assert.ok(before.length >= 3, JSON.stringify(before));
  const gone = before.find((session) => !session.current);
  assert.equal((await call('DELETE', `/v1/account/sessions/${gone.id}`)).status, 204);
  assert.ok(!(await sessions()).some((session) => session.id === gone.id));
  const stranger = await newCustomer('apistranger');
  const foreign = (await signIn(config, { ...stranger, parameters: { scope: 'openid account', prompt: 'consent' } })).tokens.access_token;
  const [kept] = await sessions();
  assert.equal((await call('DELETE', `/v1/account/sessions/${kept.id}`, { token: foreign })).status, 404, 'of somebody else');
  assert.ok((await sessions()).some((session) => session.id === kept.id));
  assert.equal((await call('DELETE', '/v1/account/sessions')).status, 204);
  assert.ok((await sessions()).length <= 1);
});

test('an application lists grants and takes one back', async () => {
  const owner = await newCustomer('apigrants');
  const own = (await signIn(config, { ...owner, parameters: { scope: 'openid account', prompt: 'consent' } })).tokens.access_token;
  const printer = await register({ client_name: 'Printer' });
  const granted = await signIn(printer, { ...owner, parameters: { scope: 'openid email offline_access', prompt: 'consent' } });
  const grants = await call('GET', '/v1/account/grants', { token: own });
  assert.equal(grants.status, 200);
  assert.match(JSON.stringify(grants.body), /Printer/);
  const id = printer.clientMetadata().client_id;
  assert.equal((await call('DELETE', `/v1/account/grants/${id}`, { token: own })).status, 204);
  assert.doesNotMatch(JSON.stringify((await call('GET', '/v1/account/grants', { token: own })).body), /Printer/);
  await assert.rejects(openid.refreshTokenGrant(printer, granted.tokens.refresh_token), { error: 'invalid_grant' });
});

const ROUTES = [['GET', '/profile'], ['PATCH', '/profile'], ['POST', '/password'], ['GET', '/sessions'], ['DELETE', '/sessions'], ['DELETE', '/sessions/ses_x'], ['GET', '/grants'], ['DELETE', '/grants/x']];

test('the account API refuses no token, a token without the scope, and a cookie', async () => {
  const other = await register();
  const plain = (await signIn(other, { visitor: customer.visitor, email: customer.email, parameters: { scope: 'openid email' } })).tokens.access_token;
  const cookie = [...customer.visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  for (const [method, path] of ROUTES) {
    const body = ['PATCH', 'POST'].includes(method) ? {} : undefined;
    const bare = await call(method, `/v1/account${path}`, { token: null, body, headers: { cookie } });
    assert.equal(bare.status, 401, `${method} ${path}`);
    assert.match(bare.headers.get('www-authenticate'), /^Bearer/, `${method} ${path}`);
    const narrow = await call(method, `/v1/account${path}`, { token: plain, body });
    assert.equal(narrow.status, 403, `${method} ${path}`);
    assert.match(narrow.headers.get('www-authenticate'), /insufficient_scope/, `${method} ${path}`);
  }
});

test('a customer who is not signed in is asked to, at every page of the account centre', async () => {
  for (const path of ['/account', '/account/profile', '/account/password', '/account/sessions', '/account/grants']) {
    const visitor = new Visitor();
    const view = await visitor.complete(await visitor.get(path), { email: customer.email });
    assert.match(view.url.pathname, path === '/account' ? /^\/account/ : new RegExp(`^${path}$`), 'and comes back there');
  }
});

test('scripts of a registered origin may use the endpoints that take tokens', async () => {
  const spa = await register({ token_endpoint_auth_method: 'none', redirect_uris: ['https://spa.example/callback'] });
  for (const path of ['/oauth2/token', '/oauth2/par', '/oauth2/userinfo', '/oauth2/revoke']) {
    const response = await fetch(`${ISSUER}${path}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://spa.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
    assert.equal(response.status, 204, path);
    assert.match(response.headers.get('access-control-allow-origin'), /^(\*|https:\/\/spa\.example)$/, path);
    assert.equal(response.headers.get('access-control-allow-credentials'), null, path);
  }
  const ask = (origin) =>
    fetch(`${ISSUER}/oauth2/token`, {
      method: 'POST', headers: { origin },
      body: new URLSearchParams({ grant_type: 'authorization_code', client_id: spa.clientMetadata().client_id, code: 'x', redirect_uri: 'https://spa.example/callback' }),
    });
  assert.equal((await ask('https://spa.example')).headers.get('access-control-allow-origin'), 'https://spa.example');
  assert.equal((await ask('https://evil.example')).headers.get('access-control-allow-origin'), null);
});

const preflight = (path, method) =>
  fetch(`${ISSUER}${path}`, {
    method: 'OPTIONS',
    headers: { origin: 'https://spa.example', 'access-control-request-method': method, 'access-control-request-headers': 'content-type,x-trace' },
  });

test('metadata answers the preflight of any origin, with any header', async () => {
  for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/.well-known/jwks.json', '/openapi.json']) {
    const response = await preflight(path, 'GET');
    assert.equal(response.status, 204, path);
    assert.equal(response.headers.get('access-control-allow-origin'), '*', path);
    assert.equal(response.headers.get('access-control-allow-headers'), 'content-type,x-trace', path);
  }
});

test('scripts of any origin may register where anybody may', async () => {
  for (const [path, method] of [['/oauth2/register', 'POST'], ['/oauth2/register/x', 'DELETE']]) {
    const response = await preflight(path, method);
    assert.equal(response.headers.get('access-control-allow-origin'), '*', path);
    assert.ok(response.headers.get('access-control-allow-methods').includes(method), path);
  }
});

test('health, the API\'s description and the assets are there for everybody', async () => {
  assert.equal((await fetch(`${ISSUER}/health`)).status, 200);
  const description = await (await fetch(`${ISSUER}/openapi.json`)).json();
  assert.match(description.openapi, /^3\.1/);
  for (const path of ['/v1/account/profile', '/v1/account/password', '/v1/account/sessions', '/v1/account/grants']) assert.ok(description.paths[path], path);
  const page = await new Visitor().get('/recover');
  const [, sheet] = page.body.match(/href="(\/assets\/[^"]+\.css)"/);
  const asset = await fetch(`${ISSUER}${sheet}`);
  assert.equal(asset.status, 200);
  assert.match(asset.headers.get('content-type'), /text\/css/);
  assert.match(asset.headers.get('cache-control'), /immutable|max-age/);
  assert.equal((await fetch(`${ISSUER}/assets/..%2f..%2fCargo.toml`)).status, 404);
});
