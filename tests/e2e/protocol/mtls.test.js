// Mutual TLS (RFC 8705): clients that prove who they are by certificates, and tokens that are bound to them, over real TLS.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate, createHash } from 'node:crypto';
import { test } from 'node:test';
import { decodeJwt } from 'jose';
import { openid, register, signIn } from '../support/client.js';
import { authority, fetchWith, selfSigned } from '../support/mtls.js';

const SERVICE = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [], scope: 'demo.read' };

/** Registers a client with these metadata that comes with `certificate`, and returns its configuration. */
async function registerWith(certificate, metadata) {
  const registered = await register(metadata, openid.None());
  const client = { ...registered.clientMetadata(), use_mtls_endpoint_aliases: true };
  const method = client.token_endpoint_auth_method === 'none' ? openid.None() : openid.TlsClientAuth();
  const config = new openid.Configuration(registered.serverMetadata(), client.client_id, client, method);
  openid.allowInsecureRequests(config);
  config[openid.customFetch] = await fetchWith(certificate);
  return config;
}

/** The same client with another certificate, or with none. */
async function comingWith(config, certificate) {
  const other = new openid.Configuration(config.serverMetadata(), config.clientMetadata().client_id, config.clientMetadata(), openid.TlsClientAuth());
  openid.allowInsecureRequests(other);
  other[openid.customFetch] = await fetchWith(certificate);
  return other;
}

function thumbprint({ cert }) {
  return createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url');
}

function keySet({ cert }) {
  const certificate = new X509Certificate(cert);
  return { keys: [{ ...certificate.publicKey.export({ format: 'jwk' }), x5c: [certificate.raw.toString('base64')] }] };
}

for (const [member, value] of [
  ['tls_client_auth_subject_dn', 'CN=client,O=Acme\\, Ltd,C=GB'],
  ['tls_client_auth_san_dns', 'client.acme.example'],
  ['tls_client_auth_san_uri', 'spiffe://acme.example/client'],
  ['tls_client_auth_san_ip', '192.0.2.7'],
  ['tls_client_auth_san_email', 'ops@acme.example'],
]) {
  test(`a client authenticates by a certificate with its ${member}`, async () => {
    const names = 'subjectAltName=DNS:client.acme.example,URI:spiffe://acme.example/client,IP:192.0.2.7,email:ops@acme.example';
    const own = selfSigned('/C=GB/O=Acme, Ltd/CN=client', names);
    const config = await registerWith(own, { ...SERVICE, token_endpoint_auth_method: 'tls_client_auth', [member]: value });
    assert.ok((await openid.clientCredentialsGrant(config)).access_token);
    for (const wrong of [selfSigned('/C=GB/O=Acme, Ltd/CN=another'), undefined]) {
      await assert.rejects(openid.clientCredentialsGrant(await comingWith(config, wrong)), { error: 'invalid_client' });
    }
  });
}

test('a client authenticates by a certificate of its own making', async () => {
  const own = selfSigned('/CN=client');
  const config = await registerWith(own, { ...SERVICE, token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: keySet(own) });
  assert.ok((await openid.clientCredentialsGrant(config)).access_token);
  const other = await comingWith(config, selfSigned('/CN=client'));
  await assert.rejects(openid.clientCredentialsGrant(other), { error: 'invalid_client' });
});

test('a token is bound to the certificate that it was asked for with', async () => {
  const own = selfSigned('/CN=client');
  const config = await registerWith(own, { token_endpoint_auth_method: 'none', tls_client_certificate_bound_access_tokens: true });
  const { tokens } = await signIn(config);
  assert.equal(decodeJwt(tokens.access_token).cnf['x5t#S256'], thumbprint(own));
  const { sub } = tokens.claims();
  assert.equal((await openid.fetchUserInfo(config, tokens.access_token, sub)).sub, sub);
  const { userinfo_endpoint: endpoint } = config.serverMetadata().mtls_endpoint_aliases;
  for (const stolen of [selfSigned('/CN=thief'), undefined]) {
    const fetching = await fetchWith(stolen);
    const answer = await fetching(endpoint, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('www-authenticate'), /error="invalid_token"/);
  }
  const plain = await fetch(config.serverMetadata().userinfo_endpoint, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  assert.equal(plain.status, 401, 'nor without TLS');
});

test('a header that names a certificate is not believed', async () => {
  const own = selfSigned('/CN=client');
  const config = await registerWith(own, { ...SERVICE, token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=client' });
  const { client_id } = config.clientMetadata();
  const raw = new X509Certificate(own.cert).raw.toString('base64');
  const answer = await fetch(config.serverMetadata().token_endpoint, {
    method: 'POST',
    headers: { 'client-cert': `:${raw}:`, 'cloudfront-viewer-cert-present': '1', 'cloudfront-viewer-cert-pem': encodeURIComponent(own.cert.toString()) },
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id }),
  });
  assert.equal(answer.status, 401);
});

test('curl gets a token with a certificate', async () => {
  const own = selfSigned('/CN=client');
  const config = await registerWith(own, { ...SERVICE, token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=client' });
  const { token_endpoint: endpoint } = config.serverMetadata().mtls_endpoint_aliases;
  const form = `grant_type=client_credentials&client_id=${config.clientMetadata().client_id}`;
  const { file } = await authority();
  const flags = ['--silent', '--cacert', file, '--cert', own.files.cert, '--key', own.files.key, '--data', form, endpoint];
  assert.equal(JSON.parse(execFileSync('curl', flags)).token_type, 'Bearer');
});
