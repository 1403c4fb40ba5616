// Just enough of HTML to use our pages as an engine without scripts does: forms, their fields, and texts.

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

function decode(text) {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name] ?? whole;
  });
}

function attributes(tag) {
  const found = {};
  for (const [, name, quoted] of tag.matchAll(/([a-z-]+)(?:="([^"]*)")?/gi)) found[name.toLowerCase()] ??= decode(quoted ?? '');
  return found;
}

/** The forms of a page: action, method, the values they would send, and their buttons. */
export function forms(html) {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)].map(([, head, body]) => {
    const { id = '', action = '', method = 'get' } = attributes(head);
    const inputs = [...body.matchAll(/<input\b([^>]*)>/gi)].map(([, tag]) => attributes(tag));
    const fields = Object.fromEntries(inputs.filter((input) => input.name).map(({ name, value = '' }) => [name, value]));
    for (const [, tag, options] of body.matchAll(/<select\b([^>]*)>(.*?)<\/select>/gis)) {
      const chosen = options.match(/<option\b([^>]*\bselected\b[^>]*)>/i);
      fields[attributes(tag).name] = chosen ? (attributes(chosen[1]).value ?? '') : '';
    }
    const buttons = [...body.matchAll(/<button\b([^>]*)>/gi)].map(([, tag]) => attributes(tag));
    return { id, action: decode(action), method: method.toLowerCase(), inputs, fields, buttons };
  });
}

/** The text of the first element with this id. */
export function textOf(html, id) {
  const found = html.match(new RegExp(`<(\\w+)[^>]*\\bid="${id}"[^>]*>(.*?)</\\1>`, 's'));
  return found && decode(found[2].replace(/<[^>]*>/g, '')).replace(/\s+/g, ' ').trim();
}
