// Front-channel logout in a browser: the page that says that the customer is signed out loads what each application registered for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFits, openBrowser, picture, signInAtAccount, startAtDemo } from '../support/chromium.js';
import { begin, register } from '../support/client.js';
import { ISSUER } from '../support/host.js';
import { openReceiver } from '../support/receiver.js';
import { newCustomer } from '../support/visitor.js';

const demo = (app) => `${ISSUER}/_local/demo/${app}`;

/** Signs in at both demo applications. */
async function atBothDemos() {
  const { email } = await newCustomer('leaver');
  const page = await openBrowser();
  await signInAtAccount(page, email);
  for (const app of ['demo-shop', 'demo-travel']) {
    await startAtDemo(page, app);
    await page.waitForURL(`**/_local/demo/${app}`);
    await page.waitForSelector('#who');
  }
  return page;
}

const isSignedOut = async (page, app) => {
  await page.goto(demo(app));
  return page.isVisible('#sign-in');
};

test('signing out at one application signs out of the other', async () => {
  const page = await atBothDemos();
  await page.goto(demo('demo-shop'));
  await page.click('text=Sign out');
  await page.waitForSelector('#continue');
  await picture(page, 'logged-out-onward');
  await page.waitForURL(demo('demo-shop'));
  assert.ok(await isSignedOut(page, 'demo-shop'));
  assert.ok(await isSignedOut(page, 'demo-travel'));
});

test('signing out at the account centre signs out of both applications', async () => {
  const page = await atBothDemos();
  await page.goto(`${ISSUER}/account`);
  await page.click('#sign-out');
  await page.waitForLoadState('load');
  assert.equal(await page.locator('iframe').count(), 2);
  assert.ok(await isSignedOut(page, 'demo-shop'));
  assert.ok(await isSignedOut(page, 'demo-travel'));
});

test('an application on another site is loaded with issuer and session, and the browser goes on', async () => {
  const receiver = await openReceiver();
  const metadata = {
    redirect_uris: [`${receiver.origin}/back`],
    frontchannel_logout_uri: `${receiver.origin}/signed-out?tenant=1`,
    frontchannel_logout_session_required: true,
    post_logout_redirect_uris: [`${receiver.origin}/bye`],
  };
  const config = await register(metadata);
  const { email } = await newCustomer('guest');
  const page = await openBrowser({ viewport: { width: 320, height: 640 } });
  await signInAtAccount(page, email);
  const { url } = await begin(config, { redirect_uri: metadata.redirect_uris[0] });
  await page.goto(url.href);
  await page.click('#allow');
  await page.waitForURL('**/back?**');
  const logout = new URL(`${ISSUER}/oauth2/logout`);
  logout.search = new URLSearchParams({ client_id: config.clientMetadata().client_id, post_logout_redirect_uri: metadata.post_logout_redirect_uris[0], state: 'see you' });
  await page.goto(logout.href);
  await page.click('#submit');
  await page.waitForSelector('#continue');
  await assertFits(page, 'the page that says goodbye');
  await page.waitForURL('**/bye?state=see+you');
  const framed = receiver.arrived.find(({ url }) => url.startsWith('/signed-out?tenant=1&'));
  assert.ok(framed, 'the application was loaded');
  assert.equal(new URL(framed.url, receiver.origin).searchParams.get('iss'), ISSUER);
  assert.match(new URL(framed.url, receiver.origin).searchParams.get('sid'), /^ses_/);
  assert.equal(framed.headers['sec-fetch-dest'], 'iframe');
});

test('who is signed out already stays with us, whatever the application is called', async () => {
  const home = 'http://localhost/bye';
  const name = `Donaudampfschifffahrtsgesellschaftskapitän ${'W'.repeat(50)}`;
  const config = await register({ client_name: name, post_logout_redirect_uris: [home] });
  const page = await openBrowser({ viewport: { width: 320, height: 640 } });
  const logout = new URL(`${ISSUER}/oauth2/logout`);
  logout.search = new URLSearchParams({ client_id: config.clientMetadata().client_id, post_logout_redirect_uri: home });
  await page.goto(logout.href);
  await assertFits(page, 'the page after signing out');
  assert.equal(await page.getAttribute('#continue', 'href'), home);
  await picture(page, 'logged-out-waits');
});
