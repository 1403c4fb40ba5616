// A single-page application with oidc-client-ts in a real browser: sign-in, silent renewal both ways, DPoP, and sign-out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt } from 'jose';
import { enter, openBrowser } from '../support/chromium.js';
import { ISSUER } from '../support/host.js';
import { openSinglePageApplication } from '../support/spa.js';
import { newCustomer } from '../support/visitor.js';

// A client that gets no refresh tokens.
const CODE = { grant_types: ['authorization_code'] };

/** Waits until the page says how it went, and returns what it says. */
async function outcome(page) {
  await page.waitForSelector('body[data-state]', { state: 'attached' });
  return page.getAttribute('body', 'data-state');
}

const userOf = (page) => page.evaluate(async () => JSON.parse(JSON.stringify(await window.manager.getUser())));

/** Signs a new customer in to the application, and allows what it asks for. */
async function signInAt({ origin }) {
  const { email } = await newCustomer('spa');
  const page = await openBrowser();
  await page.goto(origin);
  assert.equal(await outcome(page), 'ready');
  await page.evaluate(() => void window.manager.signinRedirect());
  await page.waitForSelector('#identifier');
  await enter(page, email);
  await page.click('#allow');
  await page.waitForURL(`${origin}/back*`);
  assert.equal(await outcome(page), 'signed-in');
  return { page, email, user: await userOf(page) };
}

test('a single-page application signs a customer in, and reads who it is', async () => {
  const { page, email, user } = await signInAt(await openSinglePageApplication(CODE, { scope: 'openid profile email' }));
  assert.equal(user.profile.email, email);
  assert.equal(user.token_type, 'Bearer');
  assert.equal(user.refresh_token, undefined);
  assert.ok(!page.url().includes(user.access_token));
});

test('it renews its tokens silently in a hidden frame, as long as the customer is signed in', async () => {
  const { page, user } = await signInAt(await openSinglePageApplication(CODE));
  const renewed = await page.evaluate(async () => JSON.parse(JSON.stringify(await window.manager.signinSilent())));
  assert.notEqual(renewed.access_token, user.access_token);
  assert.equal(renewed.profile.sub, user.profile.sub);

  await page.context().clearCookies();
  const refused = await page.evaluate(() => window.manager.signinSilent().then(() => 'renewed', (error) => error.error));
  assert.equal(refused, 'login_required');
});

test('it renews its tokens with a refresh token, which changes each time', async () => {
  const { page, user } = await signInAt(await openSinglePageApplication({}, { scope: 'openid offline_access' }));
  assert.ok(user.refresh_token);
  const renewed = await page.evaluate(async () => JSON.parse(JSON.stringify(await window.manager.signinSilent())));
  assert.notEqual(renewed.access_token, user.access_token);
  assert.notEqual(renewed.refresh_token, user.refresh_token);
});

test('its tokens are bound to a key of the browser', async () => {
  const application = await openSinglePageApplication({ dpop_bound_access_tokens: true }, { dpop: true, scope: 'openid offline_access', loadUserInfo: false });
  const { page, user } = await signInAt(application);
  assert.equal(user.token_type, 'DPoP');
  assert.ok(decodeJwt(user.access_token).cnf.jkt);
  const renewed = await page.evaluate(async () => JSON.parse(JSON.stringify(await window.manager.signinSilent())));
  assert.equal(decodeJwt(renewed.access_token).cnf.jkt, decodeJwt(user.access_token).cnf.jkt);
});

test('it signs the customer out, who comes back to it', async () => {
  const application = await openSinglePageApplication(CODE);
  const { page } = await signInAt(application);
  await page.evaluate(() => void window.manager.signoutRedirect());
  await page.waitForURL(`${application.origin}/bye*`);
  assert.equal(await outcome(page), 'signed-out');
  const refused = await page.evaluate(() => window.manager.signinSilent().then(() => 'renewed', (error) => error.error));
  assert.equal(refused, 'login_required');
});

test('it takes its tokens back', async () => {
  const { page, user } = await signInAt(await openSinglePageApplication({}, { scope: 'openid offline_access' }));
  await page.evaluate(() => window.manager.revokeTokens(['refresh_token', 'access_token']));
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: user.refresh_token, client_id: user.profile.aud });
  const refused = await fetch(`${ISSUER}/oauth2/token`, { method: 'POST', body: form });
  assert.equal((await refused.json()).error, 'invalid_grant');
});
