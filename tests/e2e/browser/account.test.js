// The account centre in a browser: profile, password, sessions, grants.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFits, enter, openBrowser, picture, signInAtAccount } from '../support/chromium.js';
import { openid, register, signIn } from '../support/client.js';
import { ISSUER, PASSWORD } from '../support/host.js';
import { messagesTo } from '../support/inbox.js';
import { newCustomer, Visitor } from '../support/visitor.js';

async function open(name) {
  const { email, visitor } = await newCustomer(name);
  const page = await openBrowser();
  await signInAtAccount(page, email);
  return { email, visitor, page };
}

test('the profile is edited and kept', async () => {
  const { email, page } = await open('profile');
  assert.match(await page.textContent('#identifiers'), new RegExp(email));
  await page.fill('#given_name', 'Ada');
  await page.fill('#family_name', 'Lovelace <script>alert(1)</script>');
  await page.fill('#birthdate', '1815-12-10');
  await page.fill('#zoneinfo', 'Europe/London');
  await page.selectOption('#locale', 'de');
  await page.click('#submit');
  await page.waitForSelector('#notice');
  await picture(page, 'account-profile');
  await page.goto(`${ISSUER}/account/profile`);
  assert.equal(await page.inputValue('#family_name'), 'Lovelace <script>alert(1)</script>');
  assert.equal(await page.inputValue('#birthdate'), '1815-12-10');
  assert.equal(await page.inputValue('#locale'), 'de');
});

test('a wrong value is told beside its field, and what was typed is kept', async () => {
  const { page } = await open('mistake');
  await page.fill('#nickname', 'Countess');
  await page.fill('#birthdate', 'in spring');
  await page.click('#submit');
  await page.waitForSelector('#birthdate[aria-invalid=true]');
  assert.equal(await page.inputValue('#nickname'), 'Countess');
  assert.equal(await page.inputValue('#birthdate'), 'in spring');
  await picture(page, 'account-profile-wrong');
});

test('the password is changed, and the owner is told by mail', async () => {
  const { email, page } = await open('changer');
  await page.click('#nav-password');
  await picture(page, 'account-password');
  await page.fill('#current_password', 'not my password at all');
  await page.fill('#new_password', 'a brand new pass phrase 52');
  await page.click('#submit');
  await page.waitForSelector('#current_password[aria-invalid=true]');
  await page.fill('#current_password', PASSWORD);
  await page.fill('#new_password', 'short');
  await page.click('#submit');
  await page.waitForSelector('#new_password[aria-invalid=true]');
  await page.fill('#current_password', PASSWORD);
  await page.fill('#new_password', 'a brand new pass phrase 52');
  await page.click('#submit');
  await page.waitForSelector('#notice');
  const [newest] = await messagesTo(email);
  assert.match(newest.subject, /changed/);
  const fresh = await openBrowser();
  await signInAtAccount(fresh, email, 'a brand new pass phrase 52');
});

test('sessions are listed, ended one by one, and all others at once', async () => {
  const { email, page } = await open('sessions');
  const second = await openBrowser();
  await signInAtAccount(second, email);
  await page.click('#nav-sessions');
  assert.equal(await page.locator('#sessions > li').count(), 3, 'the browser that signed up, this one, and the second');
  await picture(page, 'account-sessions');
  await page.locator('#sessions button').first().click();
  await page.waitForSelector('#notice');
  assert.equal(await page.locator('#sessions > li').count(), 2);
  await page.click('#end-others');
  await page.waitForSelector('#notice');
  assert.equal(await page.locator('#sessions > li').count(), 1);
  await second.goto(`${ISSUER}/account`);
  await second.waitForSelector('#identifier, #password');
});

test('what a client was granted is shown, and can be taken back', async () => {
  const { email, page } = await open('granter');
  const config = await register({ client_name: 'Photo Printer', client_uri: 'https://printer.example/' });
  const { tokens } = await signIn(config, { visitor: new Visitor(), email, parameters: { scope: 'openid email offline_access', prompt: 'consent' } });
  await page.click('#nav-grants');
  assert.match(await page.textContent('#grants'), /Photo Printer/);
  await picture(page, 'account-grants');
  await page.click('#revoke-1');
  await page.waitForSelector('#notice');
  assert.equal(await page.locator('#grants').count(), 0);
  const response = await fetch(`${ISSUER}/oauth2/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  assert.equal(response.status, 401, 'its access token is refused');
  await assert.rejects(openid.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
});

test('the account centre fits a narrow screen', async () => {
  const { email } = await newCustomer('narrow');
  const page = await openBrowser({ viewport: { width: 320, height: 640 } });
  await signInAtAccount(page, email);
  for (const section of ['profile', 'password', 'sessions', 'grants']) {
    await page.goto(`${ISSUER}/account/${section}`);
    await assertFits(page, section);
    await picture(page, `account-${section}-narrow`);
  }
});

test('signing out ends the session', async () => {
  const { page } = await open('leaver');
  await page.click('#sign-out');
  await page.waitForLoadState();
  await picture(page, 'logged-out');
  await page.goto(`${ISSUER}/account`);
  await page.waitForSelector('#identifier');
  await enter(page, 'ada@example.com');
  await page.waitForSelector('#nav-profile');
});
