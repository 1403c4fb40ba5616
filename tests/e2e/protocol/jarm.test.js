// Signed answers with an unmodified openid-client, which verifies them (JARM).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { begin, openid, push, register, REDIRECT_URI } from '../support/client.js';
import { Visitor } from '../support/visitor.js';

async function land(url, visitor = new Visitor()) {
  return visitor.complete(await visitor.get(url), { email: 'ada@example.com' });
}

for (const algorithm of [undefined, 'ES256', 'EdDSA']) {
  test(`an answer is signed with ${algorithm ?? 'RS256 where the client does not say'}`, async () => {
    const config = await register(algorithm && { authorization_signed_response_alg: algorithm });
    openid.useJwtResponseMode(config);
    const { url, checks } = await begin(config);
    const landed = await land(url);
    assert.deepEqual([...landed.url.searchParams.keys()], ['response']);
    assert.equal(decodeProtectedHeader(landed.url.searchParams.get('response')).alg, algorithm ?? 'RS256');
    assert.ok((await openid.authorizationCodeGrant(config, landed.url, checks)).id_token);
  });
}

test('a signed answer to a pushed request', async () => {
  const config = await register();
  openid.useJwtResponseMode(config);
  const { url, checks } = await push(config);
  assert.ok((await openid.authorizationCodeGrant(config, (await land(url)).url, checks)).id_token);
});

test('a signed answer as a form', async () => {
  const config = await register();
  const { url } = await begin(config, { response_mode: 'form_post.jwt' });
  const form = (await land(url)).form('response');
  assert.equal(form.action, REDIRECT_URI);
  assert.deepEqual(Object.keys(form.fields), ['response']);
});

test('a refusal is signed as well', async () => {
  const config = await register();
  openid.useJwtResponseMode(config);
  const { url, checks } = await begin(config, { prompt: 'none' });
  const landed = await new Visitor().get(url);
  await assert.rejects(openid.authorizationCodeGrant(config, landed.url, checks), { error: 'login_required' });
});
