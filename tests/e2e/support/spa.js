// A single-page application: one page that uses oidc-client-ts as its documentation says. Which of its ways the address says.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { after } from 'node:test';
import { register } from './client.js';
import { ISSUER } from './host.js';

const LIBRARY = resolve(import.meta.dirname, '../node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js');

/** What the page does: the callbacks of the library, and otherwise a manager and its events for the test to use. */
function script() {
  const { UserManager, WebStorageStateStore, IndexedDbDPoPStore } = window.oidc;
  const settings = { ...window.settings, userStore: new WebStorageStateStore({ store: sessionStorage }) };
  if (settings.dpop) settings.dpop = { bind_authorization_code: true, store: new IndexedDbDPoPStore() };
  const manager = (window.manager = new UserManager(settings));
  const done = (what) => document.body.setAttribute('data-state', what);
  const failed = (error) => done(`failed: ${error.message}`);
  const ways = {
    '/back': () => manager.signinRedirectCallback().then((user) => ((window.user = user), done('signed-in'))),
    '/silent': () => manager.signinSilentCallback(),
    '/bye': () => manager.signoutRedirectCallback().then(() => done('signed-out')),
    '/': async () => done('ready'),
  };
  ways[location.pathname]().catch(failed);
}

/** Starts one; `metadata` is what its client registers, `settings` what its manager is told beside that. */
export async function openSinglePageApplication(metadata = {}, settings = {}) {
  let known = {};
  const library = await readFile(LIBRARY);
  const server = createServer((request, response) => {
    if (request.url === '/library.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(library);
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><link rel="icon" href="data:,"><title>Single page</title><body>
      <script src="/library.js"></script>
      <script>window.settings = ${JSON.stringify(known)}; (${script})()</script>`);
  });
  await new Promise((done) => server.listen(0, 'localhost', done));
  after(() => (server.closeAllConnections(), server.close()));
  const origin = `http://localhost:${server.address().port}`;
  const config = await register({
    token_endpoint_auth_method: 'none',
    redirect_uris: [`${origin}/back`, `${origin}/silent`],
    post_logout_redirect_uris: [`${origin}/bye`],
    scope: 'openid profile email offline_access',
    ...metadata,
  });
  known = {
    authority: ISSUER,
    client_id: config.clientMetadata().client_id,
    redirect_uri: `${origin}/back`,
    silent_redirect_uri: `${origin}/silent`,
    post_logout_redirect_uri: `${origin}/bye`,
    scope: 'openid profile',
    loadUserInfo: true,
    automaticSilentRenew: false,
    ...settings,
  };
  return { origin, config };
}
