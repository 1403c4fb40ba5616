// An application that uses openid-client as its documentation says.
import * as openid from 'openid-client';
import { exportJWK, generateKeyPair } from 'jose';
import { ISSUER } from './host.js';
import { Visitor } from './visitor.js';

export const REDIRECT_URI = 'http://localhost/callback';
const insecure = { execute: [openid.allowInsecureRequests] };

/** Registers a client; `authentication` is one of openid-client's, by default what the metadata asks for. */
export async function register(metadata = {}, authentication) {
  const asked = {
    client_name: 'Test application',
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: 'openid profile email phone offline_access demo.read demo.write',
    ...metadata,
  };
  const method = { none: openid.None, client_secret_post: openid.ClientSecretPost, client_secret_basic: openid.ClientSecretBasic }[asked.token_endpoint_auth_method];
  return openid.dynamicClientRegistration(new URL(ISSUER), asked, authentication ?? method?.(), insecure);
}

/** A client that signs its assertions with a key of its own (RFC 7523). */
export async function registerWithKey(algorithm, metadata = {}) {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test-key', alg: algorithm, use: 'sig' };
  const authentication = openid.PrivateKeyJwt({ key: privateKey, kid: 'test-key' });
  return register(
    { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: algorithm, jwks: { keys: [jwk] }, ...metadata },
    authentication,
  );
}

/** The parameters of an authorization, and what to check the answer against. */
export async function prepare(parameters) {
  const checks = { pkceCodeVerifier: openid.randomPKCECodeVerifier(), expectedState: openid.randomState(), expectedNonce: openid.randomNonce() };
  const asked = {
    redirect_uri: REDIRECT_URI,
    scope: 'openid',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await openid.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...parameters,
  };
  return { asked, checks: { ...checks, idTokenExpected: true } };
}

/** Begins an authorization: the URL to visit, and what to check the answer against. */
export async function begin(config, parameters = {}) {
  const { asked, checks } = await prepare(parameters);
  return { url: openid.buildAuthorizationUrl(config, asked), checks };
}

/** Begins an authorization by pushing it (RFC 9126). */
export async function push(config, parameters = {}) {
  const { asked, checks } = await prepare(parameters);
  return { url: await openid.buildAuthorizationUrlWithPAR(config, asked), checks };
}

/** Takes a visitor through an authorization, and the answer to the token endpoint. */
export async function signIn(config, { parameters = {}, visitor = new Visitor(), email = 'ada@example.com', password } = {}) {
  const { url, checks } = await begin(config, parameters);
  const landed = await visitor.complete(await visitor.get(url), { email, password });
  const tokens = await openid.authorizationCodeGrant(config, landed.url, checks);
  return { tokens, visitor, landed, checks };
}

export { openid };
