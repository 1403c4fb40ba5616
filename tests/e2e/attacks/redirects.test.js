// Open redirects: the host sends a browser to registered addresses alone, whatever a parameter says (RFC 9700 §4.1, §4.11).
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { begin, register } from '../support/client.js';
import { ISSUER, PASSWORD } from '../support/host.js';
import { newCustomer, Visitor } from '../support/visitor.js';

const REGISTERED = 'https://client.example/callback';
let config;

before(async () => {
  config = await register({ redirect_uris: [REGISTERED, 'http://127.0.0.1/native'] });
});

const VARIANTS = [
  'https://evil.example/callback', 'https://client.example', 'https://client.example/', 'https://client.example/callback/',
  'https://client.example/callback?x=1', 'https://client.example/callback#x', 'https://client.example/callback/../evil', 'https://client.example/Callback',
  'http://client.example/callback', 'https://client.example:8443/callback', 'https://client.example:443/callback', 'https://CLIENT.example/callback',
  'https://user@client.example/callback', 'https://client.example@evil.example/callback', 'https://client.example.evil.example/callback',
  'https://evil.example/https://client.example/callback', '//client.example/callback', '/callback', 'callback', ' https://client.example/callback',
  'https://client.example/callback ', 'https://client.example/callback%00', 'https://client.example/callback%2f..', 'https://client.example\\callback',
  'https:client.example/callback', 'https:///client.example/callback', 'javascript:alert(1)//https://client.example/callback', 'data:text/html,x',
  'https://client.example/callback\r\nSet-Cookie:x=1', 'https://cliеnt.example/callback', 'https://client.example/call\tback', 'http://127.0.0.1/other',
  'http://127.0.0.1.evil.example/native', 'http://127.0.0.1:1@evil.example/native', 'https://127.0.0.1/native', 'http://127.0.0.2/native', 'http://localhost/native', '',
];

for (const variant of VARIANTS) {
  test(`a redirect URI that is not registered is never redirected to: ${JSON.stringify(variant)}`, async () => {
    for (const prompt of ['none', 'login']) {
      const { url } = await begin(config, { prompt });
      url.searchParams.set('redirect_uri', variant);
      const view = await new Visitor().get(url, { follow: false });
      assert.equal(view.headers.get('location'), null);
      assert.equal(view.status, 400);
      assert.match(view.headers.get('content-type'), /text\/html/);
      assert.ok(!view.body.includes('href="javascript:') && !view.body.includes('href="data:'));
    }
  });
}

test('a loopback redirect URI may have any port (RFC 8252 §7.3)', async () => {
  const { url } = await begin(config, { prompt: 'none', redirect_uri: 'http://127.0.0.1:51234/native' });
  const view = await new Visitor().get(url, { follow: false });
  assert.match(view.headers.get('location'), /^http:\/\/127\.0\.0\.1:51234\/native\?/);
});

test('an unknown client, and a client given twice, end at a page', async () => {
  for (const tamper of [(url) => url.searchParams.set('client_id', 'nobody'), (url) => url.searchParams.append('client_id', 'x'),
    (url) => url.searchParams.delete('client_id'), (url) => url.searchParams.append('redirect_uri', 'https://evil.example/')]) {
    const { url } = await begin(config, { redirect_uri: REGISTERED });
    tamper(url);
    const view = await new Visitor().get(url, { follow: false });
    assert.equal(view.status, 400);
    assert.equal(view.headers.get('location'), null);
  }
});

// Names under which platforms have been known to take a place to go to.
const PLACES = ['next', 'continue', 'return', 'return_to', 'redirect', 'redirect_uri', 'url', 'to', 'target', 'dest', 'goto', 'tx', 'post_logout_redirect_uri', 'state', 'page'];
const EVIL = ['https://evil.example/', '//evil.example/', '/\\evil.example/', '/%09/evil.example', 'javascript:alert(1)'];

function assertStays(view, what) {
  const location = view.headers.get('location');
  if (location) assert.equal(new URL(location, ISSUER).origin, ISSUER, `${what} went to ${location}`);
  assert.doesNotMatch(view.body, /(href|action|src)="(https:)?[/\\]{2}evil|(href|action)="javascript:/, what);
}

test('no page takes a place to go to from a parameter', async () => {
  const { visitor } = await newCustomer('redirected');
  for (const path of ['/signin', '/signup', '/recover', '/recover/reset', '/verify', '/account', '/account/profile', '/oauth2/logout']) {
    for (const evil of EVIL) {
      const query = new URLSearchParams(PLACES.map((name) => [name, evil]));
      for (const who of [visitor, new Visitor()]) assertStays(await who.get(`${path}?${query}`, { follow: false }), `${path} with ${evil}`);
    }
  }
});

test('no form takes a place to go to from a field', async () => {
  const places = Object.fromEntries(PLACES.filter((name) => name !== 'tx').map((name) => [name, EVIL[0]]));
  const visitor = new Visitor();
  const identify = await visitor.get('/account');
  const password = await identify.submit('identify', { identifier: 'ada@example.com', ...places }, { follow: false });
  assertStays(password, '/signin/identify');
  const page = await visitor.get(password.headers.get('location') ?? identify.url);
  assertStays(await page.submit('sign-in', { password: PASSWORD, ...places }, { follow: false }), '/signin/password');
});
