// What the platform sent. The host delivers what is on its way before it answers, so nobody waits.
import assert from 'node:assert/strict';
import { ISSUER } from './host.js';

/** All messages to a recipient, the newest first. */
export async function messagesTo(recipient, host = ISSUER) {
  const response = await fetch(`${host}/_local/inbox?to=${encodeURIComponent(recipient)}`);
  assert.equal(response.status, 200);
  return response.json();
}

/** The newest code that was sent to a recipient. */
export async function codeFor(recipient, host = ISSUER) {
  for (const message of await messagesTo(recipient, host)) {
    const code = message.text.match(/^\s*(\d{6})\b/m)?.[1];
    if (code) return code;
  }
  assert.fail(`no code was sent to ${recipient}`);
}

/** The newest recovery link that was sent to a recipient. */
export async function recoveryLinkFor(recipient, host = ISSUER) {
  for (const message of await messagesTo(recipient, host)) {
    const link = message.text.match(/https?:\/\/\S*\/recover\/reset\S*/)?.[0];
    if (link) return link;
  }
  assert.fail(`no recovery link was sent to ${recipient}`);
}
