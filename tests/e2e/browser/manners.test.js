// What people do with browsers: several tabs, second clicks, the way back, a page left open for too long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApplication } from '../support/application.js';
import { enter, openBrowser, picture, startAtDemo } from '../support/chromium.js';
import { begin, openid, register } from '../support/client.js';
import { ISSUER, PASSWORD } from '../support/host.js';
import { newCustomer } from '../support/visitor.js';

const DEMO = '**/_local/demo/demo-shop';

test('tabs that open at once in a new browser all lead to their applications', async () => {
  const first = await openBrowser();
  const tabs = [first, await first.context().newPage(), await first.context().newPage()];
  const applications = await Promise.all(tabs.map(() => openApplication()));
  const { email } = await newCustomer('tabs');
  const begun = await Promise.all(applications.map((application) => application.begin({ scope: 'openid' })));
  await Promise.all(tabs.map((tab, index) => tab.goto(begun[index].url.href)));
  for (const tab of tabs) await tab.fill('#identifier', email);
  for (const tab of tabs) await Promise.all([tab.waitForSelector('#password'), tab.click('#submit')]);
  for (const [index, tab] of tabs.entries()) {
    await tab.fill('#password', PASSWORD);
    await tab.click('#submit');
    await tab.click('#allow');
    await tab.waitForSelector('#back');
    assert.ok((await applications[index].redeem(begun[index].checks)).id_token);
  }
});

test('a double click signs in as one does', async () => {
  const page = await openBrowser();
  await startAtDemo(page);
  await page.fill('#identifier', 'ada@example.com');
  await page.dblclick('#submit');
  await page.waitForSelector('#password');
  await page.fill('#password', PASSWORD);
  await page.dblclick('#submit');
  await page.waitForURL(DEMO);
});

test('going back after the sign-in leads to the application', async () => {
  const { email } = await newCustomer('back');
  const application = await openApplication();
  const { url, checks } = await application.begin({ scope: 'openid' });
  const page = await openBrowser();
  await page.goto(url.href);
  await enter(page, email);
  await page.click('#allow');
  await page.waitForSelector('#back');
  await application.redeem(checks);
  await page.goBack();
  if (await page.isVisible('#allow')) await page.reload();
  await page.waitForSelector('#outcome');
  assert.match(await page.textContent('h1'), /You are signed in/);
  assert.equal(await page.getAttribute('#client', 'href'), 'https://printer.example/');
  await picture(page, 'finished');
});

test('a form that is answered by itself says that it comes from us', async () => {
  const { email } = await newCustomer('origin');
  const { createServer } = await import('node:http');
  let origin;
  const server = createServer((request, response) => {
    origin ??= request.method === 'POST' ? request.headers.origin : undefined;
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><link rel="icon" href="data:,"><title>Application</title><p id="back">Back</p>');
  });
  await new Promise((done) => server.listen(0, 'localhost', done));
  try {
    const redirectUri = `http://localhost:${server.address().port}/back`;
    const config = await register({ redirect_uris: [redirectUri] });
    const { url } = await begin(config, { redirect_uri: redirectUri, response_mode: 'form_post' });
    const page = await openBrowser();
    await page.goto(url.href);
    await enter(page, email);
    await page.click('#allow');
    await page.waitForSelector('#back');
    assert.equal(origin, ISSUER);
  } finally {
    server.close();
  }
});

test('a hint at another account asks for that one, whoever is signed in', async () => {
  const page = await openBrowser();
  await startAtDemo(page);
  await enter(page, 'ada@example.com');
  await page.waitForURL(DEMO);
  const application = await openApplication();
  const { url, checks } = await application.begin({ scope: 'openid email', login_hint: 'grace@example.com' });
  await page.goto(url.href);
  assert.equal(await page.inputValue('#identifier'), 'grace@example.com');
  await page.click('#submit');
  await page.fill('#password', PASSWORD);
  await page.click('#submit');
  if (await page.isVisible('#allow')) await page.click('#allow');
  await page.waitForSelector('#back');
  const tokens = await application.redeem(checks);
  const told = await openid.fetchUserInfo(application.config, tokens.access_token, tokens.claims().sub);
  assert.equal(told.email, 'grace@example.com');
});
