// Malformed and oversized requests: every route of the stacks answers them with a refusal, never with a fault of its own.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ISSUER } from '../support/host.js';

const stacks = new URL('../../../stacks/', import.meta.url);
const templates = readdirSync(stacks).filter((name) => name.endsWith('.yaml')).map((name) => readFileSync(new URL(name, stacks), 'utf8')).join('\n');
const ROUTES = [...templates.matchAll(/RouteKey: (?:"(\w+) ([^"]+)"|(\w+) ([^,\s"]+)),/g)].map(([, method, path, plainMethod, plainPath]) => ({ method: method ?? plainMethod, path: path ?? plainPath }));

const form = 'application/x-www-form-urlencoded';
const long = (length) => 'x'.repeat(length);
const nested = `${'['.repeat(5000)}${']'.repeat(5000)}`;
const BODIES = [
  [form, ''], [form, '%'], [form, '%ff%fe=%00&a=%0d%0a'], [form, '=&=&&&'], [form, 'a=1&a=2&tx=1&tx=2&client_id=1&client_id=2'],
  [form, Array.from({ length: 5000 }, (_, index) => `p${index}=1`).join('&')], [form, `csrf=${long(100_000)}`], [form, long(200_000)],
  [form, `tx=${encodeURIComponent('\u0000\uffff\u202e😀')}&csrf=x&identifier=${encodeURIComponent('\u0000@\u0000')}`],
  [form, `grant_type=${long(5000)}`], [form, 'grant_type=authorization_code&code=%00&client_id=%00'], [form, 'token=%00%01&client_id=%00'],
  ['application/json', ''], ['application/json', '{'], ['application/json', 'null'], ['application/json', '[]'], ['application/json', '{"a":1e999}'],
  ['application/json', nested], ['application/json', `{"identifier":${JSON.stringify(long(100_000))}}`], ['application/json', '{"tx":{"x":1},"csrf":[],"identifier":7}'],
  ['application/json', '{"\\ud800":"\\udfff"}'], ['text/plain', 'hello'], ['multipart/form-data; boundary=x', '--x\r\n\r\n--x--'], ['', 'x'], [`${form}; charset=utf-16`, 'a=1'],
];
const HEADERS = [
  { authorization: 'Bearer' }, { authorization: `Bearer ${long(7000)}` }, { authorization: 'Basic %%%' }, { authorization: `Basic ${btoa(':')}` }, { authorization: `Basic ${btoa('\xff:\xfe')}` },
  { authorization: 'Bearer eyJhbGciOiJub25lIn0..' }, { cookie: `lk_session=${long(3000)}; lk_browser=%00; lk_device==;;;` }, { cookie: 'lk_browser=a; lk_browser=b' },
  { 'accept-language': `${long(5000)},*;q=nan` }, { accept: long(5000) }, { 'user-agent': `\xff${long(3000)}` }, { origin: 'null' }, { 'sec-fetch-site': 'ünknown'.normalize('NFD').replace(/[^\x00-\x7f]/g, '') },
];
const QUERIES = [`?${long(40_000).slice(0, 12_000)}`, '?%', '?a=%ff', '?tx=%00', '?tx=1&tx=2', `?tx=${long(9000)}`, '?client_id=%00&redirect_uri=%00&response_type=code', '?claims={', '?max_age=-1&client_id=x', '?prompt=none%20none'];

async function ask(method, path, { query = '', headers = {}, body } = {}) {
  const url = `${ISSUER}${path.replace(/\{\w+\}/g, 'x')}${query}`;
  const response = await fetch(url, { method, headers, body, redirect: 'manual' });
  const text = await response.text();
  const what = `${method} ${path}${query.slice(0, 60)} ${JSON.stringify(headers).slice(0, 100)} ${String(body ?? '').slice(0, 60)}`;
  assert.ok(response.status < 500, `${what}: ${response.status} ${text.slice(0, 300)}`);
  assert.ok(response.headers.get('x-request-id') || path === '/assets/{file}', `${what} has a request id`);
  assert.doesNotMatch(text, /panicked|backtrace|\.rs:\d+/i, what);
}

test('the routes are those of the stacks', () => {
  assert.ok(ROUTES.length > 40, `${ROUTES.length} routes`);
});

for (const { method, path } of ROUTES) {
  test(`${method} ${path} takes no harm`, async () => {
    if (['POST', 'PUT', 'PATCH', 'DELETE'].includes(method)) {
      for (const [type, body] of BODIES) await ask(method, path, { body, headers: type ? { 'content-type': type } : {} });
    }
    for (const headers of HEADERS) await ask(method, path, { headers });
    for (const query of QUERIES) await ask(method, path, { query });
    for (const id of ['%00', '%2e%2e%2f', long(3000), '%ff', '😀', "'--"]) {
      if (path.includes('{')) await ask(method, path.replace(/\{\w+\}/, encodeURI(decodeURI(id === '%ff' ? '~' : id))));
    }
  });
}

test('a path that is not there and a method that is not known are told as such', async () => {
  assert.equal((await fetch(`${ISSUER}/no/such/path`)).status, 404);
  const wrong = await fetch(`${ISSUER}/oauth2/token`, { method: 'DELETE' });
  assert.equal(wrong.status, 405);
  assert.match(wrong.headers.get('allow'), /POST/);
});
