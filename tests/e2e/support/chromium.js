// A real browser, and what is expected of every page that it opens.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach } from 'node:test';
import { chromium } from 'playwright-core';
import { codeFor } from './inbox.js';
import { ISSUER, PASSWORD } from './host.js';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PLACES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const executablePath = PLACES.find((path) => path && existsSync(path));
const engine = await chromium.launch({ executablePath, args: FLAGS });
const complaints = [];
const contexts = new Set();

after(() => engine.close());
afterEach(async () => {
  await Promise.all([...contexts].map((context) => context.close()));
  contexts.clear();
  assert.deepEqual(complaints.splice(0), [], 'the console stayed silent');
});

/** A fresh browser, with nothing remembered; its page complains about console errors and violations of the content policy. */
export async function openBrowser(options = {}) {
  const context = await engine.newContext({ locale: 'en-GB', ...options });
  contexts.add(context);
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    // The browser itself notes every answer of 400 and above: a refused form is no fault of the page.
    const refused = message.text().startsWith('Failed to load resource') && message.location().url === page.url();
    if (message.type() === 'error' && !refused) complaints.push(`${page.url()}: ${message.text()}`);
  });
  return page;
}

/** Keeps a picture of the page for people to look at, if SCREENSHOTS names a folder. */
export async function picture(page, name) {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** Opens a demo application and begins to sign in. */
export async function startAtDemo(page, app = 'demo-shop') {
  await page.goto(`${ISSUER}/_local/demo/${app}`);
  await page.click('#sign-in');
}

/** Answers the identifier and the password page. */
export async function enter(page, email, password = PASSWORD) {
  await page.fill('#identifier', email);
  await page.click('#submit');
  await page.fill('#password', password);
  await page.click('#submit');
}

/** Signs in at the account centre. */
export async function signInAtAccount(page, email, password = PASSWORD) {
  await page.goto(`${ISSUER}/account`);
  await enter(page, email, password);
  await page.waitForSelector('#nav-profile');
}

/** Types the code that was mailed. */
export async function enterCode(page, email) {
  await page.waitForSelector('#code');
  await page.fill('#code', await codeFor(email));
  await page.click('#submit');
}

/** Asserts that the page can be read at this width without scrolling sideways. */
export async function assertFits(page, what) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(content <= window, `${what} is ${content} px wide in a window of ${window} px`);
}
