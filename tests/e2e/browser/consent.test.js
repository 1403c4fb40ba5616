// An application of somebody else in a browser: consent, refusal, and the answer as a form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApplication } from '../support/application.js';
import { assertFits, enter, openBrowser, picture } from '../support/chromium.js';
import { newCustomer } from '../support/visitor.js';

test('the customer sees who asks for what, and allows it', async () => {
  const { email } = await newCustomer('allower');
  const application = await openApplication();
  const { url, checks } = await application.begin({ scope: 'openid profile email offline_access' });
  const page = await openBrowser();
  await page.goto(url.href);
  await enter(page, email);
  await page.waitForSelector('#allow');
  assert.match(await page.textContent('h1'), /Photo Printer/);
  assert.match(await page.textContent('#scopes'), /e-mail address/);
  assert.equal(await page.getAttribute('a[href^="https://printer.example/"]', 'rel'), 'noopener noreferrer');
  await picture(page, 'consent');
  await page.click('#allow');
  await page.waitForSelector('#back');
  assert.equal((await application.redeem(checks)).claims().aud, application.config.clientMetadata().client_id);
});

test('the customer denies it, and the application is told', async () => {
  const { email } = await newCustomer('denier');
  const application = await openApplication();
  const { url } = await application.begin({ scope: 'openid email' });
  const page = await openBrowser();
  await page.goto(url.href);
  await enter(page, email);
  await page.click('#deny');
  await page.waitForSelector('#back');
  assert.equal((await application.answer).searchParams.get('error'), 'access_denied');
});

for (const javaScriptEnabled of [true, false]) {
  test(`the answer goes to the application as a form, ${javaScriptEnabled ? 'by itself' : 'by its button when there are no scripts'}`, async () => {
    const { email } = await newCustomer('poster');
    const application = await openApplication();
    const { url, checks } = await application.begin({ response_mode: 'form_post' });
    const page = await openBrowser({ javaScriptEnabled });
    await page.goto(url.href);
    await enter(page, email);
    await page.click('#allow');
    if (!javaScriptEnabled) {
      await page.waitForSelector('#continue');
      await picture(page, 'form-post');
      await page.click('#continue');
    }
    await page.waitForSelector('#back');
    assert.ok((await application.redeem(checks)).id_token);
  });
}

test('a hostile client can not break the page', async () => {
  const { email } = await newCustomer('hostile');
  const name = `"><img src=x onerror=alert(1)>${'W'.repeat(60)}`;
  const application = await openApplication({ client_name: name });
  const { url } = await application.begin({ scope: 'openid email' });
  const page = await openBrowser({ viewport: { width: 320, height: 640 } });
  await page.goto(url.href);
  await enter(page, email);
  await page.waitForSelector('#allow');
  assert.equal(await page.locator('img').count(), 0);
  await assertFits(page, 'consent with a long name');
  await picture(page, 'consent-hostile');
});

test('the customer reads what exactly is asked for', async () => {
  const { email } = await newCustomer('payer');
  const application = await openApplication({ authorization_details_types: ['demo_payment'] });
  const asked = [{ type: 'demo_payment', actions: ['initiate'], amount: { value: '12.50', currency: 'EUR' }, creditor: `Bike Rental ${'W'.repeat(50)}` }];
  for (const time of ['first', 'second']) {
    const { url, checks } = await application.begin({ scope: 'openid', authorization_details: JSON.stringify(asked) });
    const page = await openBrowser();
    await page.goto(url.href);
    await enter(page, email);
    await page.waitForSelector('#allow');
    const shown = await page.textContent('.detail');
    for (const text of ['Make a payment', '12.50', 'EUR', 'Bike Rental', 'initiate']) assert.ok(shown.includes(text), `${time}: ${text}`);
    await assertFits(page);
    await picture(page, 'consent-details');
    if (time === 'first') {
      await page.click('#allow');
      await page.waitForSelector('#back');
      assert.deepEqual((await application.redeem(checks)).authorization_details, asked);
    }
  }
});
