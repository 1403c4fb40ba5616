// A server of an application that the platform talks to without a browser: keeps what comes, and answers as it is told to.
import { createServer } from 'node:http';
import { after } from 'node:test';

/** Starts one; `next` resolves with the next request that nobody has asked for yet. */
export async function openReceiver() {
  const arrived = [];
  const waiting = [];
  const statuses = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    const posted = { method, url, headers, form: new URLSearchParams(body), json: () => JSON.parse(body) };
    if (waiting.length) waiting.shift()(posted);
    else arrived.push(posted);
    response.writeHead(statuses.shift() ?? 200, { 'content-type': 'text/html', 'cache-control': 'no-store' });
    response.end('<!doctype html><title>Application</title>');
  });
  await new Promise((done) => server.listen(0, 'localhost', done));
  after(() => server.close());
  return {
    arrived,
    statuses,
    origin: `http://localhost:${server.address().port}`,
    next: () => (arrived.length ? Promise.resolve(arrived.shift()) : new Promise((resolve) => waiting.push(resolve))),
  };
}
