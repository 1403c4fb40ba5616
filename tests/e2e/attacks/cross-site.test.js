// Cross-site request forgery and stolen or planted state: Fetch Metadata, Origin, tokens, transactions, fixation, replays.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { begin, openid, register, signIn } from '../support/client.js';
import { ISSUER, PASSWORD } from '../support/host.js';
import { recoveryLinkFor } from '../support/inbox.js';
import { freshAddress, newCustomer, Visitor } from '../support/visitor.js';

let ada;

before(async () => {
  ada = await newCustomer('forged');
});

const profile = (options, values = {}) => ada.visitor.get('/account/profile').then((view) => view.submit('profile', { nickname: 'Mallory', ...values }, options));

async function assertUnchanged() {
  const view = await ada.visitor.get('/account/profile');
  assert.notEqual(view.form('profile').fields.nickname, 'Mallory');
}

for (const site of ['cross-site', 'same-site']) {
  test(`a form sent from a ${site} page is refused`, async () => {
    const view = await profile({ headers: { 'sec-fetch-site': site } });
    assert.equal(view.status, 403);
    await assertUnchanged();
  });
}

for (const origin of ['https://evil.example', `${ISSUER}.evil.example`, ISSUER.replace('http:', 'https:'), 'http://localhost:1']) {
  test(`a form of the origin ${origin} is refused`, async () => {
    const view = await profile({ headers: { origin } });
    assert.equal(view.status, 403);
    await assertUnchanged();
  });
}

// WebKit before Fetch Metadata says so of our own pages, which send no referrer.
test('a form of an opaque origin needs its token all the same', async () => {
  assert.equal((await profile({ headers: { origin: 'null' } }, { csrf: '' })).status, 403);
  assert.equal((await profile({ headers: { origin: 'null', 'sec-fetch-site': 'cross-site' } })).status, 403);
  await assertUnchanged();
  const own = await newCustomer('opaque');
  const page = await own.visitor.get('/account/profile');
  assert.equal((await page.submit('profile', { nickname: 'Own' }, { headers: { origin: 'null' } })).status, 200);
});

test('a form without its token, with a wrong one, or with that of another browser is refused', async () => {
  const other = await newCustomer('other');
  const foreign = (await other.visitor.get('/account/profile')).form('profile').fields.csrf;
  for (const csrf of ['', 'wrong', foreign]) {
    assert.equal((await profile({}, { csrf })).status, 403, csrf);
    await assertUnchanged();
  }
});

test('a form from our own page goes through', async () => {
  const own = await newCustomer('own');
  const page = await own.visitor.get('/account/profile');
  const view = await page.submit('profile', { nickname: 'Own' }, { headers: { origin: ISSUER, 'sec-fetch-site': 'same-origin' } });
  assert.equal(view.status, 200);
  assert.equal(view.form('profile').fields.nickname, 'Own');
});

test('every form of the sign-in refuses a foreign origin and a missing token', async () => {
  const visitor = new Visitor();
  const identify = await visitor.get('/account');
  for (const [view, id, values] of [
    [identify, 'identify', { identifier: 'ada@example.com' }],
    [await visitor.openSignUp(), 'sign-up', { email: 'x@example.com', password: PASSWORD }],
    [await visitor.get('/recover'), 'recover', { identifier: 'ada@example.com' }],
  ]) {
    assert.equal((await view.submit(id, values, { headers: { origin: 'https://evil.example' } })).status, 403, id);
    assert.equal((await view.submit(id, { ...values, csrf: '' })).status, 403, id);
  }
  const password = await identify.submit('identify', { identifier: 'ada@example.com' });
  assert.equal((await password.submit('sign-in', { password: PASSWORD, csrf: 'x' })).status, 403);
  assert.equal((await password.submit('sign-in', { password: PASSWORD }, { headers: { 'sec-fetch-site': 'cross-site' } })).status, 403);
});

test('signing in changes the session: what an attacker planted before is worth nothing', async () => {
  const attacker = new Visitor();
  const planted = await attacker.get('/account');
  const victim = new Visitor();
  for (const [name, value] of attacker.cookies) victim.cookies.set(name, value);
  await victim.complete(await victim.get(planted.url), { email: 'ada@example.com' });
  assert.ok((await attacker.get('/account')).form('identify') ?? (await attacker.get('/account')).form('sign-in'), 'the attacker is not signed in');
});

test('a cookie of the attacker\'s own making is no session', async () => {
  const visitor = new Visitor();
  visitor.cookies.set('lk_session', 'lk_ss_r1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
  visitor.cookies.set('lk_browser', 'x'.repeat(4000));
  assert.ok((await visitor.get('/account')).form('identify'));
});

test('a sign-in belongs to the browser that began it', async () => {
  const config = await register();
  const attacker = new Visitor();
  const { url } = await begin(config);
  const started = await attacker.get(url);
  const victim = new Visitor();
  const stolen = await victim.get(started.url);
  assert.ok(!stolen.form('identify') || stolen.status >= 400, 'the page is not shown to another browser');
  const form = started.form('identify');
  const posted = await victim.post(new URL(form.action, ISSUER), { ...form.fields, identifier: 'ada@example.com' });
  assert.ok(posted.status >= 400, 'nor is its form taken');
});

test('a finished sign-in can not be finished again', async () => {
  const config = await register();
  const { url, checks } = await begin(config);
  const visitor = new Visitor();
  const password = await (await visitor.get(url)).submit('identify', { identifier: 'ada@example.com' });
  const form = password.form('sign-in');
  const landed = await visitor.complete(await password.submit('sign-in', { password: PASSWORD }), {});
  assert.ok(landed.url.searchParams.get('code'));
  const stranger = await new Visitor().post(new URL(form.action, ISSUER), { ...form.fields, password: PASSWORD });
  assert.equal(stranger.status, 403, 'not by another browser');
  await openid.authorizationCodeGrant(config, landed.url, checks);
  const again = await visitor.post(new URL(form.action, ISSUER), { ...form.fields, password: PASSWORD });
  assert.ok(!again.url.searchParams.get('code'), 'no second code once the first has arrived');
  assert.equal(again.status, 200);
  assert.ok(!again.url.pathname.startsWith('/callback'));
});

test('a step can not be skipped', async () => {
  const config = await register();
  const visitor = new Visitor();
  const start = await visitor.get((await begin(config)).url);
  const { csrf, tx } = start.form('identify').fields;
  for (const [path, fields] of [['/signin/consent', { decision: 'allow' }], ['/signin/password', { password: PASSWORD }], ['/verify', { action: 'check', code: '000000' }]]) {
    const view = await visitor.post(path, { csrf, tx, ...fields });
    assert.ok(!view.url.pathname.startsWith('/callback'), path);
    assert.ok(view.status < 500, path);
  }
});

test('a recovery link works once, and its page is not for another site', async () => {
  const customer = await newCustomer('forgetful');
  await (await new Visitor().get('/recover')).submit('recover', { identifier: customer.email });
  const link = await recoveryLinkFor(customer.email);
  const visitor = new Visitor();
  const page = await visitor.get(link);
  assert.equal((await page.submit('reset', { password: 'another long pass phrase 9' }, { headers: { origin: 'https://evil.example' } })).status, 403);
  const done = await page.submit('reset', { password: 'another long pass phrase 9' });
  assert.ok(done.status < 400);
  const again = await new Visitor().get(link);
  assert.ok(!again.form('reset'), 'the link is spent');
  assert.ok((await page.submit('reset', { password: 'yet another long phrase 10' })).status >= 400);
});

test('an account made in advance with a stranger\'s address is worth nothing to whoever made it', async () => {
  const email = freshAddress('prehijacked');
  const attacker = new Visitor();
  const waiting = await (await attacker.openSignUp()).submit('sign-up', { email, password: 'the pass phrase of an attacker 1' });
  const owner = new Visitor();
  await owner.signUp(email);
  assert.ok(!(await attacker.get('/account')).form('profile'), 'the waiting page is no way in');
  const late = await waiting.submit('verify', { code: '000000' });
  assert.ok(!late.form('profile'));
  const stranger = new Visitor();
  const page = await (await stranger.get('/account')).submit('identify', { identifier: email });
  const refused = await page.submit('sign-in', { password: 'the pass phrase of an attacker 1' });
  assert.equal(refused.status, 401, 'nor is the password that was set in advance');
  await new Visitor().signIn(email);
});

test('a code stolen from the address bar is of no use without the verifier', async () => {
  const config = await register({ token_endpoint_auth_method: 'none' });
  const { url } = await begin(config);
  const visitor = new Visitor();
  const landed = await visitor.complete(await visitor.get(url), { email: 'ada@example.com' });
  const response = await fetch(`${ISSUER}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'authorization_code', client_id: config.clientMetadata().client_id, code: landed.url.searchParams.get('code'), redirect_uri: 'http://localhost/callback' }),
  });
  assert.equal((await response.json()).error, 'invalid_grant');
});

test('pages are not framed, sniffed, stored or told to others', async () => {
  for (const path of ['/account', '/recover', '/no-such-page', '/oauth2/authorize']) {
    const { headers } = await new Visitor().get(path);
    assert.match(headers.get('content-security-policy'), /frame-ancestors 'none'/, path);
    assert.doesNotMatch(headers.get('content-security-policy'), /unsafe/, path);
    assert.equal(headers.get('x-frame-options'), 'DENY', path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    assert.equal(headers.get('cache-control'), 'no-store', path);
    assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
    assert.match(headers.get('x-request-id'), /^req_/, path);
  }
});

test('cookies are not for scripts, nor for other sites', async () => {
  const response = await fetch(`${ISSUER}/account`, { headers: { accept: 'text/html' }, redirect: 'manual' });
  const lines = response.headers.getSetCookie();
  assert.ok(lines.length > 0);
  for (const line of lines) {
    assert.match(line, /; HttpOnly/i);
    assert.match(line, /; SameSite=Lax/i);
    assert.match(line, /; Path=\//i);
    assert.doesNotMatch(line, /; Domain=/i);
  }
});

test('a code that one visitor got does not sign another in (state is checked)', async () => {
  const config = await register();
  const { landed } = await signIn(config);
  const { checks } = await begin(config);
  await assert.rejects(openid.authorizationCodeGrant(config, landed.url, checks));
});
