// Guessing: a stranger is slowed, the customer is not locked out (OWASP ASVS 6.3.1; NIST SP 800-63B-4 §3.2.2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeFor, recoveryLinkFor } from '../support/inbox.js';
import { freshAddress, newCustomer, Visitor } from '../support/visitor.js';

const MANY = 120;

async function passwordPage(email, visitor = new Visitor()) {
  return (await visitor.get('/account')).submit('identify', { identifier: email });
}

/** Guesses until slowed. */
async function guessUntilSlowed(email) {
  const stranger = new Visitor();
  let page = await passwordPage(email, stranger);
  for (let count = 1; count <= MANY; count += 1) {
    const answer = await page.submit('sign-in', { password: `wrong guess number ${count}` });
    if (answer.status === 429) return { answer, count, page, stranger };
    assert.ok(answer.status < 500);
    if (answer.form('sign-in')) page = answer;
  }
  assert.fail(`${MANY} guesses, and nobody was slowed`);
}

test('a stranger who guesses is slowed; the known device and recovery are not', async () => {
  const { email, password, visitor } = await newCustomer('target');
  const { answer, count, page } = await guessUntilSlowed(email);
  assert.ok(count <= 100, `slowed after ${count} guesses`);
  assert.ok(Number(answer.headers.get('retry-after')) > 0, 'and told how long');
  assert.equal((await page.submit('sign-in', { password })).status, 429, 'the right password does not help a stranger now');

  // The customer's own browser is known: it signs in all the same.
  const landed = await (await visitor.get('/account')).submit('logout');
  if (landed.form('logout')) await landed.submit('logout');
  const again = await visitor.complete(await visitor.get('/account'), { email, password });
  assert.match(again.url.pathname, /^\/account/, 'the known device signs in');

  await (await new Visitor().get('/recover')).submit('recover', { identifier: email });
  const recovering = new Visitor();
  const reset = await recovering.get(await recoveryLinkFor(email));
  const done = await reset.submit('reset', { password: 'a brand new pass phrase 31' });
  assert.ok(done.status < 400, 'recovery works');
  const signedIn = await recovering.complete(await recovering.get('/account'), { email, password: 'a brand new pass phrase 31' });
  assert.match(signedIn.url.pathname, /^\/account/, 'and who has come by the mailed link is no stranger any more');
});

test('an account that does not exist is slowed all the same', async () => {
  const { answer } = await guessUntilSlowed(freshAddress('nobody'));
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
});

test('a mailed code takes a few guesses, then only a new one helps', async () => {
  const email = freshAddress('coder');
  const visitor = new Visitor();
  const form = await visitor.openSignUp();
  let page = await form.submit('sign-up', { email, password: 'some quite long pass phrase 5' });
  const code = await codeFor(email);
  const wrong = code === '000000' ? '111111' : '000000';
  const first = page;
  for (let count = 0; count < 8; count += 1) {
    const answer = await page.submit('verify', { code: wrong });
    assert.ok(answer.status < 500);
    if (answer.form('verify')) page = answer;
  }
  const late = await first.submit('verify', { code });
  assert.ok(late.form('verify') || late.status >= 400, 'the right code is worth nothing after too many wrong ones');
  await page.submit('resend-form');
  const fresh = await codeFor(email);
  assert.notEqual(fresh, code);
  const done = await visitor.complete(await page.submit('verify', { code: fresh }), { email });
  assert.match(done.url.pathname, /^\/account/);
});

test('a weak, short, common or reused password is refused beside its field', async () => {
  const visitor = new Visitor();
  const form = await visitor.openSignUp();
  const email = freshAddress('weak');
  for (const password of ['', 'short', 'aaaaaaaaaaaaaaaaaaaa', 'passwordpassword', email, 'x'.repeat(5000)]) {
    const answer = await form.submit('sign-up', { email, password });
    assert.ok(answer.form('sign-up'), `"${password.slice(0, 30)}" is refused`);
    assert.ok(answer.text('password-error'), `"${password.slice(0, 30)}" is explained`);
    assert.ok(!answer.body.includes(`value="${password}"`) || password === '' || password === email, 'a password is not sent back');
  }
});
