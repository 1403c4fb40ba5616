// Hostile parameters and metadata from a client that has proven who it is: each is refused as the standard says, never by a fault of ours.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ISSUER } from '../support/host.js';

const REDIRECT_URI = 'https://application.example/callback';
const RANDOM = 0x5eed;
const ROUNDS = 1500;

const long = (length) => 'x'.repeat(length);
const encode = (value) => Buffer.from(value).toString('base64url');
const jwt = (header, payload = {}) => `${encode(JSON.stringify(header))}.${encode(JSON.stringify(payload))}.AA`;
const TEXTS = [
  ' ', 'x', '\u0000', '😀', long(300), long(5000), '{', '[]', 'null', '[{}]', '['.repeat(3000), '-1', '99999999999999999999', 'a.b.c',
  'openid profile offline_access demo.read', 'none login', 'code id_token token', 'form_post.jwt', 'https://application.example/#fragment', 'urn:latchkey:demo',
  'urn:ietf:params:oauth:request_uri:x', 'urn:ietf:params:oauth:token-type:access_token', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', 'ada@example.com',
  '{"id_token":{"acr":{"essential":true,"values":[1,null]},"sub":{"value":5}},"userinfo":[]}', '[{"type":"demo_payment","amount":{"value":1e400},"locations":[1]}]',
  jwt({ alg: 'none' }), jwt({ alg: 'RS256' }), jwt({ alg: 'ES256', typ: 'dpop+jwt', jwk: {} }, null), jwt({ alg: 'ECDH-ES', enc: 'A256GCM', epk: {} }).concat('.AA.AA'),
];
const VALUES = [
  null, true, -1, 1e308, '', '\u0000', '\ud800', '😀', long(3000), [], [null], ['x', 'x'], {}, 'https://localhost/', 'http://[::1', 'javascript:alert(1)', 'none', 'HS256', 'dir',
  ['implicit'], ['code id_token token'], 'tls_client_auth', 'pairwise', 'fapi2', 'push', { keys: [null] }, { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] },
  { keys: Array(200).fill({ kty: 'OKP', crv: 'Ed25519', x: 'AA' }) }, [[{ kind: 'delegation' }]], [{ kind: 'impersonation', audiences: [7] }],
];
const PARAMETERS = {
  '/oauth2/par': 'client_id redirect_uri response_type response_mode scope state nonce code_challenge code_challenge_method prompt max_age login_hint id_token_hint acr_values claims ui_locales display resource authorization_details dpop_jkt request_uri request registration',
  '/oauth2/token': 'grant_type code redirect_uri code_verifier refresh_token device_code auth_req_id assertion subject_token subject_token_type actor_token actor_token_type requested_token_type audience resource scope authorization_details client_assertion client_assertion_type client_secret',
  '/oauth2/bc-authorize': 'scope binding_message user_code requested_expiry login_hint login_hint_token id_token_hint client_notification_token acr_values resource authorization_details request',
  '/oauth2/device_authorization': 'scope resource authorization_details',
  '/oauth2/introspect': 'token token_type_hint',
  '/oauth2/revoke': 'token token_type_hint',
  '/oauth2/authorize-challenge': 'auth_session username password otp scope response_type code_challenge authorization_details claims dpop_jkt request request_uri',
};
const MEMBERS =
  'redirect_uris client_name client_name#de client_uri logo_uri contacts scope grant_types response_types token_endpoint_auth_method token_endpoint_auth_signing_alg jwks jwks_uri software_statement application_type subject_type sector_identifier_uri id_token_signed_response_alg id_token_encrypted_response_alg id_token_encrypted_response_enc userinfo_signed_response_alg introspection_encrypted_response_alg authorization_signed_response_alg request_object_signing_alg request_object_encryption_enc default_max_age require_auth_time default_acr_values initiate_login_uri post_logout_redirect_uris frontchannel_logout_uri backchannel_logout_uri backchannel_token_delivery_mode backchannel_client_notification_endpoint backchannel_authentication_request_signing_alg tls_client_auth_subject_dn tls_client_auth_san_ip tls_client_certificate_bound_access_tokens dpop_bound_access_tokens require_pushed_authorization_requests require_signed_request_object authorization_details_types latchkey_pkce latchkey_compliance latchkey_token_exchange latchkey_challenge latchkey_lifetimes client_id client_secret';

let client;

/** Numbers that look random and are the same in each run. */
function numbers(seed) {
  let state = seed;
  return (below) => ((state = (state * 1103515245 + 12345) % 2 ** 31), Math.floor((state / 2 ** 31) * below));
}

async function ask(path, init, what) {
  const response = await fetch(`${ISSUER}${path}`, { method: 'POST', redirect: 'manual', ...init });
  const text = await response.text();
  assert.ok(response.status < 500, `${path} ${what}: ${response.status} ${text}`);
  if (response.status < 400 || !response.headers.get('content-type')?.includes('json')) return { response, text };
  const { error, error_description: description } = JSON.parse(text);
  assert.match(error, /^[a-z_]+$/, `${path} ${what}: ${text}`);
  if (description !== undefined) assert.match(description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/, `RFC 6749 §5.2: ${path} ${what}: ${text}`);
  return { response, text };
}

const post = (path, parameters) => ask(path, { body: new URLSearchParams(parameters) }, JSON.stringify(parameters).slice(0, 500));
const registration = (members) => {
  const body = JSON.stringify({ redirect_uris: [REDIRECT_URI], ...members });
  return ask('/oauth2/register', { body, headers: { 'content-type': 'application/json' } }, body.slice(0, 500));
};

before(async () => {
  const { grant_types_supported: grants } = await (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json();
  const scope = 'openid profile email offline_access demo.read';
  const { response, text } = await registration({
    scope, grant_types: grants, backchannel_token_delivery_mode: 'poll', token_endpoint_auth_method: 'client_secret_post', authorization_details_types: ['demo_payment'],
    response_types: ['code', 'id_token token'],
  });
  assert.equal(response.status, 201, text);
  const { client_id, client_secret } = JSON.parse(text);
  const request = { response_type: 'code', scope: 'openid', redirect_uri: REDIRECT_URI, code_challenge: 'A'.repeat(43), code_challenge_method: 'S256' };
  client = { proof: { client_id, client_secret }, request, grants };
});

const sound = (path, grant) => ({ ...client.proof, ...(path === '/oauth2/token' ? { grant_type: grant } : client.request) });

for (const [path, list] of Object.entries(PARAMETERS)) {
  test(`each parameter of ${path}`, async () => {
    const grants = path === '/oauth2/token' ? client.grants : [undefined];
    const names = list.split(' ');
    for (const [index, name] of names.entries()) {
      for (const [turn, text] of TEXTS.entries()) await post(path, { ...sound(path, grants[(index + turn) % grants.length]), [name]: text });
    }
  });
}

test('several at once', async () => {
  const number = numbers(RANDOM);
  const paths = Object.keys(PARAMETERS);
  for (let round = 0; round < ROUNDS; round += 1) {
    const path = paths[number(paths.length)];
    const names = PARAMETERS[path].split(' ');
    const parameters = sound(path, client.grants[number(client.grants.length)]);
    for (let more = 2 + number(4); more > 0; more -= 1) parameters[names[number(names.length)]] = TEXTS[number(TEXTS.length)];
    await post(path, parameters);
  }
});

test('each member of a registration', async () => {
  for (const name of MEMBERS.split(' ')) for (const value of VALUES) await registration({ [name]: value });
});

test('several members at once', async () => {
  const number = numbers(RANDOM);
  const names = MEMBERS.split(' ');
  for (let round = 0; round < ROUNDS; round += 1) {
    const members = {};
    for (let more = 2 + number(4); more > 0; more -= 1) members[names[number(names.length)]] = VALUES[number(VALUES.length)];
    await registration(members);
  }
});
