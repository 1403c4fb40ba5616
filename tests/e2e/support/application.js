// A web application of somebody else: a callback that a browser can come back to.
import { createServer } from 'node:http';
import { after } from 'node:test';
import { begin, openid, register } from './client.js';

/** Starts one; `answer` resolves with the request that the browser came back with. */
export async function openApplication(metadata = {}) {
  let arrived;
  const answer = new Promise((resolve) => (arrived = resolve));
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const url = `http://localhost:${server.address().port}${request.url}`;
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><link rel="icon" href="data:,"><title>Application</title><p id="back">Back at the application</p>');
    if (!request.url.startsWith('/back')) return;
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    arrived(request.method === 'POST' ? new Request(url, { method: 'POST', headers, body }) : new URL(url));
  });
  await new Promise((done) => server.listen(0, 'localhost', done));
  after(() => server.close());
  const redirectUri = `http://localhost:${server.address().port}/back`;
  const config = await register({ redirect_uris: [redirectUri], client_name: 'Photo Printer', client_uri: 'https://printer.example/', policy_uri: 'https://printer.example/privacy', ...metadata });
  return {
    config,
    answer,
    begin: (parameters) => begin(config, { redirect_uri: redirectUri, ...parameters }),
    redeem: async (checks) => openid.authorizationCodeGrant(config, await answer, checks),
  };
}
