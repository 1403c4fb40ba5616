// The local host under test: the one at LATCHKEY_URL, or one that this file starts for itself.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

/** Everybody who is seeded has this password. */
export const PASSWORD = 'correct horse battery staple 7';

/**
 * Starts the built local host and waits until it says that it is ready.
 * `stop` ends it as an operator would, `kill` as a power cut would.
 */
export async function startHost({ data, port = 0 } = {}) {
  const binary = resolve(process.env.CARGO_TARGET_DIR ?? resolve(root, 'target'), 'debug/local');
  const command = process.env.LATCHKEY_BINARY ?? binary;
  if (!existsSync(command)) throw new Error(`${command} is not built: run \`cargo build --workspace --bin local --test rooms\` first`);
  const flags = ['--profile', 'test', '--port', String(port), ...(data ? ['--data', data] : ['--memory'])];
  const host = spawn(command, flags, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, AWS_PORT: '0' } });
  const ended = new Promise((done) => host.once('exit', done));
  let url, awsUrl;
  for await (const line of createInterface({ input: host.stdout })) {
    url ??= line.match(/Latchkey is up on (\S+)/)?.[1];
    awsUrl ??= line.match(/AWS_ENDPOINT_URL=(\S+)/)?.[1];
    if (line.startsWith('ready')) break;
  }
  host.stdout.resume();
  if (!url) throw new Error(`the local host ended before it was ready (exit code ${await ended})`);
  const end = (signal) => (host.kill(signal), ended);
  return { url, awsUrl, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/** Where the host under test is. A host that we started ends with the tests of the file. */
async function issuerUnderTest() {
  if (process.env.LATCHKEY_URL) return process.env.LATCHKEY_URL.replace(/\/$/, '');
  const { after } = await import('node:test');
  const host = await startHost();
  after(() => host.stop());
  return host.url;
}

export const ISSUER = await issuerUnderTest();
