// A real Apache with Debian's mod_auth_openidc before a page and an API, as an operator would set it up.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, watch } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { ISSUER } from './host.js';

const SERVER = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';

/** Why there can be no Apache here, if there can be none. */
export const NO_APACHE = existsSync(SERVER) && existsSync(`${MODULES}/mod_auth_openidc.so`) ? false : 'Apache with mod_auth_openidc is not installed: run scripts/setup as root';

/** A port that nobody listens on, so that the application's addresses are known before it starts. */
export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, 'localhost', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Where the host under test answers over TLS. */
export async function secureOrigin() {
  const metadata = await (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json();
  return new URL(metadata.mtls_endpoint_aliases.introspection_endpoint).origin;
}

function configuration({ folder, port, lines }) {
  const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'dir', 'headers', 'auth_openidc'];
  return `
    ServerRoot ${folder}
    ServerName localhost:${port}
    Listen localhost:${port}
    PidFile ${folder}/pid
    ErrorLog ${folder}/errors
    ${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n    ')}
    ${process.getuid() === 0 ? 'User www-data\n    Group www-data' : ''}
    LogLevel error auth_openidc:warn
    LogFormat "%m %U%q %>s" short
    CustomLog ${folder}/requests short
    DocumentRoot ${folder}/site
    DirectoryIndex index.html
    OIDCProviderMetadataURL ${ISSUER}/.well-known/openid-configuration
    OIDCRedirectURI http://localhost:${port}/callback
    OIDCDefaultLoggedOutURL http://localhost:${port}/bye/
    OIDCCryptoPassphrase a-pass-phrase-for-this-test-alone
    OIDCPKCEMethod S256
    OIDCRefreshAccessTokenBeforeExpiry 30
    OIDCPassRefreshToken On
    OIDCCABundlePath ${folder}/authority.pem
    ${lines.join('\n    ')}
    <Location /private>
      AuthType openid-connect
      Require valid-user
      Header set X-Email "%{OIDC_CLAIM_email}e"
      Header set X-Subject "%{OIDC_CLAIM_sub}e"
      Header set X-Access-Token "%{OIDC_access_token}e"
    </Location>
    <Location /callback>
      AuthType openid-connect
      Require valid-user
    </Location>
    <Location /api>
      AuthType oauth20
      Require claim scope:demo.read
      Header set X-Subject "%{OIDC_CLAIM_sub}e"
    </Location>`;
}

/** Starts one on a port, with further lines of configuration; `answered` waits until it has answered such a request. */
export async function startApache(port, lines) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-apache-'));
  for (const [path, text] of [['private', 'Private'], ['bye', 'Bye'], ['api', 'API']]) {
    mkdirSync(join(folder, 'site', path), { recursive: true });
    writeFileSync(join(folder, 'site', path, 'index.html'), `<!doctype html><link rel="icon" href="data:,"><title>${text}</title><p id="page">${text}</p>`);
  }
  // It insists on https for what an API asks: the host has that on its port for certificates.
  const authority = await fetch(`${ISSUER}/_local/mtls.pem`);
  writeFileSync(join(folder, 'authority.pem'), await authority.text());
  writeFileSync(join(folder, 'apache.conf'), configuration({ folder, port, lines }));
  // Its workers are somebody else.
  chmodSync(folder, 0o755);
  const server = spawn(SERVER, ['-D', 'FOREGROUND', '-f', join(folder, 'apache.conf')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise((done) => server.once('exit', done));
  after(async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const origin = `http://localhost:${port}`;
  await ready(origin, ended, join(folder, 'errors'));
  return { origin, answered: (pattern) => logged(join(folder, 'requests'), pattern) };
}

/** The first line of a file that matches, now or when it comes. */
async function logged(file, pattern) {
  const changes = watch(file)[Symbol.asyncIterator]();
  for (let next = changes.next(); ; next = changes.next()) {
    const line = (await readFile(file, 'utf8')).split('\n').find((line) => pattern.test(line));
    if (line) return changes.return(), line;
    await next;
  }
}

/** Asks until it answers, or has ended. */
async function ready(origin, ended, errors) {
  let over = false;
  ended.then(() => (over = true));
  while (!over) {
    try {
      return await fetch(`${origin}/bye/`);
    } catch {
      await new Promise((again) => setTimeout(again, 20));
    }
  }
  throw new Error(`Apache ended at its start: ${existsSync(errors) ? await readFile(errors, 'utf8') : ''}`);
}
