// Phone numbers: asked for at sign-up, proven by a code in an SMS, then an identifier like any other and a claim of the scope phone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openid, register, signIn } from '../support/client.js';
import { PASSWORD } from '../support/host.js';
import { codeFor, messagesTo } from '../support/inbox.js';
import { freshAddress, Visitor } from '../support/visitor.js';

const freshNumber = () => `+1212555${String(Math.floor(Math.random() * 10_000)).padStart(4, '0')}`;

/** Signs up with an address and a number, and proves both. */
async function signUpWithPhone(phone) {
  const visitor = new Visitor();
  const email = freshAddress('phone');
  const form = await visitor.openSignUp();
  const byMail = await form.submit('sign-up', { email, phone, password: PASSWORD });
  const bySms = await byMail.submit('verify', { code: await codeFor(email) });
  return { visitor, email, bySms };
}

test('a phone number is proven by SMS, and told of by the scope phone', async () => {
  const phone = freshNumber();
  const { visitor, email, bySms } = await signUpWithPhone(phone.replace('+1212', '+1 (212) '));
  assert.ok(bySms.form('verify'), 'a second code is asked for');
  const [sms] = await messagesTo(phone);
  assert.equal(sms.channel, 'sms');
  const done = await bySms.submit('verify', { code: await codeFor(phone) });
  assert.match(done.url.pathname, /^\/account/, done.text('main'));
  const config = await register();
  const { tokens } = await signIn(config, { visitor, email, parameters: { scope: 'openid phone' } });
  const userinfo = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.equal(userinfo.phone_number, phone);
  assert.equal(userinfo.phone_number_verified, true);
});

test('a customer signs in with a phone number that is proven', async () => {
  const phone = freshNumber();
  const { bySms } = await signUpWithPhone(phone);
  await bySms.submit('verify', { code: await codeFor(phone) });
  const visitor = new Visitor();
  const view = await visitor.complete(await visitor.get('/account'), { email: phone });
  assert.match(view.url.pathname, /^\/account/);
});

test('the code of the mail does not prove the number', async () => {
  const phone = freshNumber();
  const { email, bySms } = await signUpWithPhone(phone);
  const code = await codeFor(email);
  if (code === (await codeFor(phone))) return;
  const refused = await bySms.submit('verify', { code });
  assert.ok(refused.form('verify'));
  assert.ok(refused.text('code-error'));
});

test('what is no phone number is told beside its field', async () => {
  const form = await new Visitor().openSignUp();
  for (const phone of ['12', 'not a number', '+1212555', `+${'1'.repeat(300)}`]) {
    const refused = await form.submit('sign-up', { email: freshAddress('nophone'), phone, password: PASSWORD });
    assert.ok(refused.text('phone-error'), phone);
  }
});
