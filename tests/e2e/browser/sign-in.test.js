// A browser signs up, signs in, signs on to a second application, recovers an account, and signs out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFits, enter, enterCode, openBrowser, picture, signInAtAccount, startAtDemo } from '../support/chromium.js';
import { ISSUER, PASSWORD } from '../support/host.js';
import { recoveryLinkFor } from '../support/inbox.js';
import { freshAddress, newCustomer } from '../support/visitor.js';

test('a customer signs up, proves the address by the mailed code, and is signed in at the application', async () => {
  const page = await openBrowser();
  const email = freshAddress('signup');
  await startAtDemo(page);
  await picture(page, 'identify');
  await page.click('#signup');
  await picture(page, 'signup');
  await page.fill('#email', email);
  await page.fill('#password', PASSWORD);
  await page.click('#submit');
  await page.waitForSelector('#code');
  await picture(page, 'verify');
  await enterCode(page, email);
  await page.waitForURL('**/_local/demo/demo-shop');
  assert.match(await page.textContent('#who'), new RegExp(email));
  await picture(page, 'demo');
});

test('a wrong code is told beside its field, and a new one helps', async () => {
  const page = await openBrowser();
  const email = freshAddress('wrongcode');
  await startAtDemo(page);
  await page.click('#signup');
  await page.fill('#email', email);
  await page.fill('#password', PASSWORD);
  await page.click('#submit');
  await page.fill('#code', '000000');
  await page.click('#submit');
  await page.waitForSelector('#code[aria-invalid=true]');
  await page.click('#resend');
  await page.waitForSelector('#notice');
  await enterCode(page, email);
  await page.waitForURL('**/_local/demo/demo-shop');
});

test('a customer signs in, and the second application asks nothing', async () => {
  const page = await openBrowser();
  await startAtDemo(page, 'demo-shop');
  await page.fill('#identifier', 'ada@example.com');
  await page.click('#submit');
  await page.waitForSelector('#password');
  await picture(page, 'password');
  await page.fill('#password', PASSWORD);
  await page.click('#submit');
  await page.waitForURL('**/_local/demo/demo-shop');
  assert.match(await page.textContent('#who'), /ada@example\.com/);
  await startAtDemo(page, 'demo-travel');
  await page.waitForURL('**/_local/demo/demo-travel');
  assert.match(await page.textContent('#who'), /ada@example\.com/);
});

test('prompt=login asks for the password though the customer is signed in', async () => {
  const page = await openBrowser();
  await startAtDemo(page);
  await enter(page, 'ada@example.com');
  await page.waitForURL('**/_local/demo/demo-shop');
  await page.goto(`${ISSUER}/_local/demo/demo-shop/start?prompt=login`);
  await page.waitForSelector('#password, #identifier');
  if (await page.isVisible('#identifier')) await enter(page, 'ada@example.com');
  else {
    await page.fill('#password', PASSWORD);
    await page.click('#submit');
  }
  await page.waitForURL('**/_local/demo/demo-shop');
});

test('a wrong password is told beside its field, and the customer can go on', async () => {
  const { email } = await newCustomer('typo');
  const page = await openBrowser();
  await startAtDemo(page);
  await enter(page, email, 'not my password at all');
  await page.waitForSelector('#password[aria-invalid=true]');
  await picture(page, 'password-wrong');
  assert.match(await page.textContent('#errors'), /do not match/);
  assert.match(await page.getAttribute('#password', 'aria-describedby'), /password-error/);
  assert.equal(await page.inputValue('#password'), '', 'the password is not sent back');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'password', 'the field has the focus');
  assert.match(await page.title(), /^Error/i);
  await page.fill('#password', PASSWORD);
  await page.click('#submit');
  await page.waitForURL('**/_local/demo/demo-shop');
});

test('an empty identifier is told beside its field', async () => {
  const page = await openBrowser();
  await startAtDemo(page);
  await page.click('#submit');
  await page.waitForSelector('#identifier[aria-invalid=true]');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'identifier');
});

test('"not you" leads back to the identifier', async () => {
  const page = await openBrowser();
  await startAtDemo(page);
  await page.fill('#identifier', 'ada@example.com');
  await page.click('#submit');
  await page.click('#leave');
  await page.waitForSelector('#identifier');
  await enter(page, 'grace@example.com');
  await page.waitForURL('**/_local/demo/demo-shop');
  assert.match(await page.textContent('#who'), /grace@example\.com/);
});

test('recovery by the mailed link sets a password and ends the session of another browser', async () => {
  const { email } = await newCustomer('recovering');
  const other = await openBrowser();
  await signInAtAccount(other, email);

  const page = await openBrowser();
  await startAtDemo(page);
  await page.fill('#identifier', email);
  await page.click('#submit');
  await page.click('#recover');
  await picture(page, 'recover');
  if ((await page.inputValue('#identifier')) === '') await page.fill('#identifier', email);
  await page.click('#submit');
  await page.waitForSelector('#again');
  await picture(page, 'recover-sent');
  await page.goto(await recoveryLinkFor(email));
  await picture(page, 'reset');
  await page.fill('#password', 'a brand new pass phrase 44');
  await page.click('#submit');
  await page.waitForSelector('#signin, #nav-profile, #who');
  await picture(page, 'reset-done');

  await other.goto(`${ISSUER}/account`);
  await other.waitForSelector('#identifier, #password');
  const fresh = await openBrowser();
  await signInAtAccount(fresh, email, 'a brand new pass phrase 44');
});

test('a spent recovery link says so', async () => {
  const page = await openBrowser();
  await page.goto(`${ISSUER}/recover/reset?token=nonsense`);
  await page.waitForSelector('#again');
  await picture(page, 'reset-invalid');
});

test('signing out at the application ends the session', async () => {
  const page = await openBrowser();
  await startAtDemo(page);
  await enter(page, 'ada@example.com');
  await page.waitForURL('**/_local/demo/demo-shop');
  await page.click('text=Sign out');
  if (await page.isVisible('#logout #submit')) {
    await picture(page, 'logout-confirm');
    await page.click('#logout #submit');
  }
  await page.waitForURL('**/_local/demo/demo-shop');
  await page.click('#sign-in');
  await page.waitForSelector('#identifier, #password');
});

test('the account chooser offers the accounts of this browser', async () => {
  const page = await openBrowser();
  await startAtDemo(page);
  await enter(page, 'ada@example.com');
  await page.waitForURL('**/_local/demo/demo-shop');
  await page.goto(`${ISSUER}/_local/demo/demo-shop/start?prompt=select_account`);
  await page.waitForSelector('#accounts');
  await picture(page, 'accounts');
  await page.click('#use-other');
  await enter(page, 'grace@example.com');
  await page.waitForURL('**/_local/demo/demo-shop');
  assert.match(await page.textContent('#who'), /grace@example\.com/);
  await page.goto(`${ISSUER}/_local/demo/demo-shop/start?prompt=select_account`);
  await page.waitForSelector('#account-2');
  const ada = page.locator('#accounts button', { hasText: /ada|a•*a@/i }).last();
  await ada.click();
  await page.waitForURL('**/_local/demo/demo-shop');
});

test('the keyboard alone is enough', async () => {
  const page = await openBrowser();
  await startAtDemo(page);
  await page.waitForSelector('#identifier');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'identifier', 'the first field has the focus');
  await page.keyboard.type('ada@example.com');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#password');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'password');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Tab');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(outline, 'none', 'the focus can be seen');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/_local/demo/demo-shop');
});

test('without scripts the sign-in works all the same', async () => {
  const page = await openBrowser({ javaScriptEnabled: false });
  await startAtDemo(page);
  await enter(page, 'ada@example.com');
  await page.waitForURL('**/_local/demo/demo-shop');
  assert.match(await page.textContent('#who'), /ada@example\.com/);
});

test('pages speak the language that the browser prefers', async () => {
  const page = await openBrowser({ locale: 'de-DE' });
  await startAtDemo(page);
  assert.equal(await page.getAttribute('html', 'lang'), 'de');
  assert.match(await page.textContent('#submit'), /Weiter/);
  await picture(page, 'identify-de');
});

test('pages fit a narrow screen and a dark one', async () => {
  const page = await openBrowser({ viewport: { width: 320, height: 640 }, colorScheme: 'dark' });
  await startAtDemo(page);
  await assertFits(page, 'identify');
  const [red, green, blue] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
  assert.ok(red + green + blue < 3 * 100, 'the background is dark');
  await picture(page, 'identify-narrow-dark');
  await page.click('#signup');
  await assertFits(page, 'signup');
  await page.goBack();
  await page.fill('#identifier', 'ada@example.com');
  await page.click('#submit');
  await page.waitForSelector('#password');
  await assertFits(page, 'password');
  await page.click('#recover');
  await assertFits(page, 'recover');
  await page.goto(`${ISSUER}/no-such-page`);
  await assertFits(page, 'error');
  await picture(page, 'error-narrow-dark');
});

test('fields tell password managers what they are', async () => {
  const page = await openBrowser();
  await startAtDemo(page);
  assert.equal(await page.getAttribute('#identifier', 'autocomplete'), 'username');
  await page.fill('#identifier', 'ada@example.com');
  await page.click('#submit');
  assert.equal(await page.getAttribute('#username', 'autocomplete'), 'username');
  assert.equal(await page.getAttribute('#password', 'autocomplete'), 'current-password');
  await page.goto(`${ISSUER}/signup`);
  assert.equal(await page.getAttribute('#email', 'autocomplete'), 'username');
  assert.equal(await page.getAttribute('#password', 'autocomplete'), 'new-password');
  for (const id of await page.$$eval('input:not([type=hidden])', (inputs) => inputs.map((input) => input.id))) {
    assert.equal(await page.locator(`label[for="${id}"]`).count(), 1, `${id} has a label`);
  }
});
