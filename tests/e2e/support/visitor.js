// A person with a browser that knows cookies, redirects and forms, and nothing else.
import assert from 'node:assert/strict';
import { forms, textOf } from './html.js';
import { codeFor } from './inbox.js';
import { ISSUER, PASSWORD } from './host.js';

const MOST_REDIRECTS = 10;
const MOST_STEPS = 12;

/** One page, as a visitor sees it. */
export class View {
  constructor(visitor, url, response, body) {
    Object.assign(this, { visitor, url, status: response.status, headers: response.headers, body });
  }

  get forms() {
    return forms(this.body);
  }

  form(id) {
    return this.forms.find((form) => form.id === id);
  }

  text(id) {
    return textOf(this.body, id);
  }

  json() {
    return JSON.parse(this.body);
  }

  /** Fills in a form and sends it; `values` go over the form's own. */
  submit(form, values = {}, options = {}) {
    const found = typeof form === 'string' ? this.form(form) : form;
    assert.ok(found, `there is no form \`${form}\` on ${this.url} (status ${this.status}): ${this.text('main') ?? this.body}`);
    const fields = { ...found.fields, ...values };
    return this.visitor.post(new URL(found.action, this.url), fields, options);
  }
}

export class Visitor {
  cookies = new Map();

  constructor({ headers = {}, issuer = ISSUER } = {}) {
    Object.assign(this, { headers, issuer });
  }

  get(url, options = {}) {
    return this.#go('GET', new URL(url, this.issuer), undefined, options);
  }

  post(url, fields, options = {}) {
    return this.#go('POST', new URL(url, this.issuer), new URLSearchParams(fields), options);
  }

  /** One request, no redirect followed. */
  async request(method, url, body, headers = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      method,
      body,
      redirect: 'manual',
      headers: { accept: 'text/html', ...this.headers, ...(cookie && { cookie }), ...headers },
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  #keep(line) {
    const [pair, ...rest] = line.split(';');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (rest.some((attribute) => /^\s*max-age=(0|-\d+)\s*$/i.test(attribute))) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }

  /** Follows redirects within the host; one that leads elsewhere is where the journey ends. */
  async #go(method, url, body, { headers, follow = true } = {}) {
    for (let count = 0; count < MOST_REDIRECTS; count += 1) {
      const response = await this.request(method, url, body, headers);
      const text = await response.text();
      const location = response.headers.get('location');
      if (!location || !follow) return new View(this, url, response, text);
      url = new URL(location, url);
      [method, body] = ['GET', undefined];
      if (url.origin !== this.issuer || url.pathname.startsWith('/callback')) return new View(this, url, response, '');
    }
    throw new Error(`more than ${MOST_REDIRECTS} redirects, the last to ${url}`);
  }

  /**
   * Answers every step of a sign-in until it leads out of it (to a client, or to the account centre), and returns where to.
   * `decide` is the answer to a consent page.
   */
  async complete(view, { email, password = PASSWORD, decide = 'allow' } = {}) {
    for (let count = 0; count < MOST_STEPS; count += 1) {
      if (view.form('identify')) view = await view.submit('identify', { identifier: email });
      else if (view.form('sign-in')) view = await view.submit('sign-in', { password });
      else if (view.form('verify')) view = await view.submit('verify', { code: await codeFor(email, this.issuer) });
      else if (view.form('consent')) view = await view.submit('consent', { decision: decide });
      else if (view.form('other-form')) view = await view.submit('other-form');
      else return view;
      assert.ok(view.status < 400, `step answered ${view.status} at ${view.url}: ${view.text('errors') ?? view.text('explanation') ?? view.body}`);
    }
    throw new Error(`the sign-in did not end; it stands at ${view.url}`);
  }

  /** Signs in at the account centre. */
  async signIn(email, password = PASSWORD) {
    const view = await this.complete(await this.get('/account'), { email, password });
    assert.match(view.url.pathname, /^\/account/, `signed in as ${email}: ${view.url}`);
    return view;
  }

  /** Makes an account, proves the address by the mailed code, and is signed in. */
  async signUp(email, password = PASSWORD) {
    const form = await this.openSignUp();
    const view = await this.complete(await form.submit('sign-up', { email, password }), { email, password });
    assert.match(view.url.pathname, /^\/account/, `signed up as ${email}: ${view.url}`);
    return view;
  }

  /** The sign-up page, by its link on the sign-in page. */
  async openSignUp() {
    const start = await this.get('/account');
    return this.get(link(start, '/signup'));
  }
}

/** The address of the first link on a page that begins with this path. */
function link(view, path) {
  const found = view.body.match(new RegExp(`href="(${path}[^"]*)"`));
  assert.ok(found, `no link to ${path} on ${view.url}`);
  return found[1].replaceAll('&amp;', '&');
}

let count = 0;

/** An address that nobody has used yet. */
export function freshAddress(name = 'customer') {
  count += 1;
  return `${name}.${process.pid}.${Date.now().toString(36)}.${count}@example.com`;
}

/** A new customer, signed up and with an address of their own. */
export async function newCustomer(name) {
  const visitor = new Visitor();
  const email = freshAddress(name);
  await visitor.signUp(email);
  return { visitor, email, password: PASSWORD };
}
