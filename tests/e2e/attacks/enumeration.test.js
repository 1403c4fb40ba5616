// Enumeration: the same answer for an account that exists and for one that does not, at every form that takes an identifier.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ISSUER } from '../support/host.js';
import { codeFor, messagesTo } from '../support/inbox.js';
import { freshAddress, newCustomer, Visitor } from '../support/visitor.js';

let known;

before(async () => {
  known = (await newCustomer('known')).email;
});

/** What an attacker can compare, without what is random by nature or what they typed themselves. */
function face(view, typed) {
  const headers = [...view.headers].filter(([name]) => !['date', 'x-request-id', 'set-cookie', 'content-length', 'location'].includes(name));
  const cookies = view.headers.getSetCookie().map((line) => line.split('=')[0]);
  const body = view.body
    .replaceAll(typed, '(typed)')
    .replace(/name="(csrf|tx)" value="[^"]*"/g, 'name="$1"')
    .replace(/"(csrf|tx)":"[^"]*"/g, '"$1"')
    .replace(/tx=[\w.%-]+/g, 'tx=')
    .replace(/req_\w+/g, 'req')
    .replace(/(\w)•*[\w•]*@/g, '(masked)@');
  return { status: view.status, path: view.url.pathname, headers: Object.fromEntries(headers), cookies, body };
}

/** Both ways through, with an address that exists and one that does not. */
async function compare(walk) {
  const unknown = freshAddress('unknown');
  const [first, second] = [await walk(known), await walk(unknown)];
  assert.deepEqual(face(first, known), face(second, unknown));
}

test('at the identifier page', () => compare(async (email) => (await new Visitor().get('/account')).submit('identify', { identifier: email })));

test('at the password page', () =>
  compare(async (email) => {
    const password = await (await new Visitor().get('/account')).submit('identify', { identifier: email });
    return password.submit('sign-in', { password: 'not the right password' });
  }));

test('at sign-up', async () => {
  await compare(async (email) => {
    const visitor = new Visitor();
    const form = await visitor.openSignUp();
    return form.submit('sign-up', { email, password: 'some quite long pass phrase 5' });
  });
  const [newest] = await messagesTo(known);
  assert.match(newest.subject, /already have an account/, 'the owner is told');
  assert.doesNotMatch(newest.text, /^\s*\d{6}\b/m, 'and gets no code');
});

test('at sign-up, whatever code is typed afterwards', () =>
  compare(async (email) => {
    const visitor = new Visitor();
    const form = await visitor.openSignUp();
    const verify = await form.submit('sign-up', { email, password: 'some quite long pass phrase 5' });
    return verify.submit('verify', { code: '123456' });
  }));

test('at a new code for a sign-up', () =>
  compare(async (email) => {
    const visitor = new Visitor();
    const form = await visitor.openSignUp();
    const verify = await form.submit('sign-up', { email, password: 'some quite long pass phrase 5' });
    return verify.submit('resend-form');
  }));

test('by signing in with the password of a sign-up that nobody has proven', () =>
  compare(async (email) => {
    const password = 'some quite long pass phrase 5';
    const form = await new Visitor().openSignUp();
    await form.submit('sign-up', { email, password });
    const page = await (await new Visitor().get('/account')).submit('identify', { identifier: email });
    return page.submit('sign-in', { password });
  }));

test('by a number that is taken: its step comes as any other', async () => {
  const number = () => `+1212555${String(Math.floor(Math.random() * 10_000)).padStart(4, '0')}`;
  const walk = async (phone) => {
    const visitor = new Visitor();
    const email = freshAddress('number');
    const form = await visitor.openSignUp();
    const byMail = await form.submit('sign-up', { email, phone, password: 'some quite long pass phrase 5' });
    return byMail.submit('verify', { code: await codeFor(email) });
  };
  const [taken, free] = [number(), number()];
  await (await walk(taken)).submit('verify', { code: await codeFor(taken) });
  const masked = (view, phone) => ({ ...face(view, phone), body: face(view, phone).body.replace(`•••${phone.slice(-2)}`, '•••') });
  assert.deepEqual(masked(await walk(taken), taken), masked(await walk(free), free));
});

test('at recovery', async () => {
  const unknown = freshAddress('unknown');
  await compare(async (email) => (await new Visitor().get('/recover')).submit('recover', { identifier: email }));
  await (await new Visitor().get('/recover')).submit('recover', { identifier: unknown });
  assert.deepEqual(await messagesTo(unknown), [], 'nobody gets mail who has no account');
});

test('by JSON as well', async () => {
  const json = async (email) => {
    const visitor = new Visitor({ headers: { accept: 'application/json' } });
    visitor.headers.accept = 'text/html';
    const start = await visitor.get('/account');
    visitor.headers.accept = 'application/json';
    return start.submit('identify', { identifier: email });
  };
  await compare(json);
});

test('an address in other letters is the same account', async () => {
  const visitor = new Visitor();
  const view = await visitor.complete(await visitor.get('/account'), { email: known.toUpperCase() });
  assert.match(view.url.pathname, /^\/account/);
  assert.ok(view.url.href.startsWith(ISSUER));
});
