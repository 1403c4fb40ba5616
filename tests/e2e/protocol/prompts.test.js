// Single sign-on, and what a client may ask of it: prompt, max_age, login_hint, id_token_hint, acr_values, ui_locales (Core §3.1.2.1).
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { begin, openid, register, signIn } from '../support/client.js';
import { newCustomer, Visitor } from '../support/visitor.js';

let config, visitor, first;

before(async () => {
  config = await register();
  visitor = new Visitor();
  first = await signIn(config, { visitor, parameters: { scope: 'openid email' } });
});

const authorize = async (parameters, as = visitor) => {
  const { url, checks } = await begin(config, parameters);
  return { view: await as.get(url), checks };
};
const redeem = ({ view, checks }) => openid.authorizationCodeGrant(config, view.url, checks);

test('a customer who is signed in is not asked again', async () => {
  const tokens = await redeem(await authorize({}));
  assert.equal(tokens.claims().sub, first.tokens.claims().sub);
  assert.equal(tokens.claims().auth_time, first.tokens.claims().auth_time);
});

test('prompt=none answers with a code or with what is missing', async () => {
  assert.ok((await redeem(await authorize({ prompt: 'none' }))).id_token);
  const stranger = await authorize({ prompt: 'none' }, new Visitor());
  assert.equal(stranger.view.url.searchParams.get('error'), 'login_required');
  const other = await register();
  const { url } = await begin(other, { prompt: 'none' });
  assert.equal((await visitor.get(url)).url.searchParams.get('error'), 'consent_required');
});

test('prompt=none is not combined with another prompt', async () => {
  const { view } = await authorize({ prompt: 'none login' });
  assert.equal(view.url.searchParams.get('error'), 'invalid_request');
});

test('prompt=login asks for the password again', async () => {
  const { view, checks } = await authorize({ prompt: 'login' });
  assert.ok(view.form('sign-in') ?? view.form('identify'), 'the customer is asked');
  const landed = await visitor.complete(view, { email: 'ada@example.com' });
  const claims = (await openid.authorizationCodeGrant(config, landed.url, checks)).claims();
  assert.equal(claims.sub, first.tokens.claims().sub);
  assert.ok(claims.auth_time >= first.tokens.claims().auth_time);
});

test('prompt=login can not be left out by going back to the authorization endpoint', async () => {
  const { view } = await authorize({ prompt: 'login' });
  assert.ok(!view.url.pathname.startsWith('/callback'));
  const again = await visitor.get(view.url);
  assert.ok(!again.url.pathname.startsWith('/callback'));
});

test('prompt=consent asks for consent again', async () => {
  const { view } = await authorize({ prompt: 'consent' });
  assert.ok(view.form('consent'));
});

test('prompt=select_account shows the accounts', async () => {
  const { view, checks } = await authorize({ prompt: 'select_account' });
  const chosen = view.forms.find((form) => form.fields.action === 'choose');
  assert.ok(chosen, 'there is an account to choose');
  const landed = await view.submit(chosen);
  assert.equal((await openid.authorizationCodeGrant(config, landed.url, checks)).claims().sub, first.tokens.claims().sub);
});

test('a second account is kept beside the first, and can be chosen', async () => {
  const shared = new Visitor();
  await signIn(config, { visitor: shared, email: 'ada@example.com' });
  const { view } = await authorize({ prompt: 'select_account' }, shared);
  const landed = await shared.complete(await view.submit('other-form'), { email: 'grace@example.com' });
  assert.ok(landed.url.searchParams.get('code'));
  const again = await authorize({ prompt: 'select_account' }, shared);
  assert.equal(again.view.forms.filter((form) => form.fields.action === 'choose').length, 2);
});

test('max_age=0 asks again, a large one does not', async () => {
  const { view } = await authorize({ max_age: '0' });
  assert.ok(view.form('sign-in') ?? view.form('identify'));
  const tokens = await redeem(await authorize({ max_age: '86400' }));
  assert.ok(tokens.claims().auth_time);
});

test('login_hint fills in the identifier', async () => {
  const { view } = await authorize({ login_hint: 'grace@example.com' }, new Visitor());
  const shown = view.form('identify')?.fields.identifier ?? view.form('sign-in')?.fields.username;
  assert.equal(shown, 'grace@example.com');
});

test('a hostile login_hint is only text', async () => {
  const { view } = await authorize({ login_hint: '"><script>alert(1)</script>' }, new Visitor());
  assert.ok(!view.body.includes('<script>alert(1)'));
  assert.ok(view.status < 500);
});

test('id_token_hint names who is meant', async () => {
  const hint = first.tokens.id_token;
  assert.ok((await redeem(await authorize({ id_token_hint: hint, prompt: 'none' }))).id_token);
  const other = new Visitor();
  await signIn(config, { visitor: other, email: 'grace@example.com' });
  const { view } = await authorize({ id_token_hint: hint, prompt: 'none' }, other);
  assert.equal(view.url.searchParams.get('error'), 'login_required');
});

test('an id_token_hint that is not ours is refused', async () => {
  const [head, , signature] = first.tokens.id_token.split('.');
  const forged = `${head}.${Buffer.from('{"sub":"usr_x"}').toString('base64url')}.${signature}`;
  const { view } = await authorize({ id_token_hint: forged, prompt: 'none' });
  assert.match(view.url.searchParams.get('error') ?? '', /invalid_request|login_required/);
});

test('acr_values are answered by what was done', async () => {
  const tokens = await redeem(await authorize({ acr_values: 'urn:latchkey:aal1' }));
  assert.equal(tokens.claims().acr, 'urn:latchkey:aal1');
});

test('an essential acr that nobody can reach is told as such', async () => {
  const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:example:unreachable'] } } });
  const { view } = await authorize({ claims, prompt: 'none' });
  assert.match(view.url.searchParams.get('error') ?? '', /unmet_authentication_requirements|login_required|access_denied/);
});

test('ui_locales choose the language of the pages', async () => {
  const { view } = await authorize({ ui_locales: 'fr-CA de en' }, new Visitor());
  assert.match(view.body, /<html lang="de"/);
});

test('display and unknown parameters are let pass', async () => {
  const { view } = await authorize({ display: 'popup', utm_source: 'x' }, new Visitor());
  assert.ok(view.form('identify'));
});

test('a denied consent is told to the client, and asked again next time', async () => {
  const other = await register();
  const customer = await newCustomer('denier');
  const { url } = await begin(other, { scope: 'openid email' });
  const landed = await customer.visitor.complete(await customer.visitor.get(url), { email: customer.email, decide: 'deny' });
  assert.equal(landed.url.searchParams.get('error'), 'access_denied');
  const again = await customer.visitor.get((await begin(other, { scope: 'openid email' })).url);
  assert.ok(again.form('consent'));
});

test('consent once given is remembered, until more is asked for', async () => {
  const customer = await newCustomer('consenter');
  await signIn(config, { ...customer, parameters: { scope: 'openid' } });
  const known = await authorize({ scope: 'openid' }, customer.visitor);
  assert.ok(known.view.url.searchParams.get('code'));
  const more = await authorize({ scope: 'openid email' }, customer.visitor);
  assert.ok(more.view.form('consent'));
});
