// A client's certificates, made with openssl, and a fetch that comes with one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ISSUER } from './host.js';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-mtls-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let made = 0;

/** A certificate that a client made itself, good for a day: its PEM, its key, and the files of both. */
export function selfSigned(subject, ...extensions) {
  const name = join(folder, String((made += 1)));
  const files = { cert: `${name}.pem`, key: `${name}.key` };
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const more = extensions.flatMap((extension) => ['-addext', extension]);
  const flags = ['req', '-x509', ...curve, '-days', '1', '-subj', subject, '-keyout', files.key, '-out', files.cert, ...more];
  execFileSync('openssl', flags, { stdio: 'ignore' });
  return { cert: readFileSync(files.cert), key: readFileSync(files.key), files };
}

/** The authority of the host's own certificate, and a file of it. */
export async function authority() {
  const pem = await (await fetch(`${ISSUER}/_local/mtls.pem`)).text();
  const file = join(folder, 'authority.pem');
  writeFileSync(file, pem);
  return { pem, file };
}

/** A fetch whose connections bring this certificate, or none. */
export async function fetchWith({ cert, key } = {}) {
  const { pem: ca } = await authority();
  return (url, { method = 'GET', headers = {}, body } = {}) => {
    if (new URL(url).protocol !== 'https:') return fetch(url, { method, headers, body });
    return new Promise((resolve, reject) => {
      const fields = Object.fromEntries(new Headers(headers));
      const sent = request(url, { method, headers: fields, ca, cert, key, agent: false }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => resolve(new Response(parts.length ? Buffer.concat(parts) : null, { status: answer.statusCode, headers: answer.headers })));
      });
      sent.on('error', reject);
      sent.end(body === undefined || body === null ? undefined : String(body));
    });
  };
}
