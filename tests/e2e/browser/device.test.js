// The page where the code of a device is typed, on a narrow screen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFits, enter, openBrowser, picture } from '../support/chromium.js';
import { openid, register } from '../support/client.js';
import { newCustomer } from '../support/visitor.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

for (const [language, decision] of [['en', 'allow'], ['de', 'deny']]) {
  test(`a customer answers a device (${language}, ${decision})`, async () => {
    const config = await register({ client_name: 'Living Room TV', redirect_uris: [], response_types: [], grant_types: [GRANT] });
    const given = await openid.initiateDeviceAuthorization(config, { scope: 'openid profile' });
    const { email } = await newCustomer('viewer');
    const page = await openBrowser({ viewport: { width: 320, height: 640 }, locale: language });
    await page.goto(given.verification_uri);
    await assertFits(page, 'the page for the code');
    await picture(page, `device-${language}`);
    await page.fill('#user_code', 'BBBB-BBBB');
    await page.click('#submit');
    await page.waitForSelector('#user_code[aria-invalid=true]');
    await picture(page, `device-wrong-${language}`);
    await page.fill('#user_code', given.user_code.toLowerCase());
    await page.click('#submit');
    await enter(page, email);
    await page.waitForSelector('#device-code');
    assert.equal(await page.textContent('#device-code'), given.user_code);
    await assertFits(page, 'the question');
    await picture(page, `device-question-${language}`);
    await page.click(`#${decision}`);
    await page.waitForSelector('#outcome');
    await picture(page, `device-${decision}-${language}`);
  });
}
