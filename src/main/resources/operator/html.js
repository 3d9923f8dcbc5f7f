// Makes parts of a page. Texts become text nodes, never markup: whatever a caller wrote stays what it is.

/** An element with attributes (class, for, data-…), properties that begin with "on", and children. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child != null && child !== false) element.append(child instanceof Node ? child : document.createTextNode(child));
  }
}

/** A part of a drawing. */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A text that somebody else wrote, in whatever direction it runs. */
export const foreign = (text) => h('bdi', { dir: 'auto', class: 'foreign' }, String(text));

export const code = (text) => h('code', { dir: 'auto' }, String(text));

const exactly = new Intl.DateTimeFormat(undefined, {
  year: 'numeric', month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
  timeZoneName: 'short'
});
const today = new Intl.DateTimeFormat(undefined, {
  month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit'
});

/** A time in the reader's zone; its exact form, with the zone, is its title. */
export function time(iso) {
  const date = new Date(iso);
  return isNaN(date) ? document.createTextNode('') : h('time', { datetime: iso, title: exactly.format(date) },
      today.format(date));
}

export const number = (value) => new Intl.NumberFormat().format(value);

/** A table whose rows become cards on a phone. Columns: [name, cell of a row, class]. */
export function table(caption, columns, rows) {
  return h('table', {},
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, columns.map(([name, , kind]) => h('th', { scope: 'col', class: kind }, name)))),
      h('tbody', {}, rows.map((row) => h('tr', {},
          columns.map(([name, cell, kind]) => h('td', { class: kind, 'data-name': name }, cell(row)))))));
}

/** Names and what they stand for; those without a value are left out. */
export function facts(pairs) {
  return h('dl', {}, pairs.filter(([, value]) => value != null && value !== '')
      .map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

let last = 0;

/** A field with its label. */
export function field(label, input) {
  input.id ||= `field-${++last}`;
  return h('div', {}, h('label', { for: input.id }, label), input);
}

export const json = (value) => h('pre', { dir: 'auto', tabindex: '0' }, JSON.stringify(value, null, 2));

/** Tells something to everybody, also to who hears the page. */
export function say(text) {
  const place = document.getElementById('said');
  place.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { place.textContent = ''; }, 8000);
}
