// Calls that were seen: found, opened, understood.
import { get, query } from './api.js';
import { code, facts, field, foreign, h, json, number, say, svg, table, time } from './html.js';

const FIRST = 50;
const FIELDS = ['id', 'text', 'integration', 'operation', 'deployment', 'status', 'from', 'to', 'slower'];

export async function calls(place) {
  const asked = new URLSearchParams(location.search);
  const [integrations, deployments] = await Promise.all([get('/integrations'), get('/deployments')]);
  const input = {
    text: h('input', { placeholder: 'such as a customer’s id', autocomplete: 'off' }),
    id: h('input', { autocomplete: 'off' }),
    integration: choice(integrations.map((one) => one.name)),
    operation: choice(integrations.flatMap((one) => one.operations.map((operation) => operation.id))),
    deployment: choice(deployments.map((one) => one.name)),
    status: choice(['failed', '4xx', '5xx', 'gone', '200', '400', '401', '404', '409', '422', '429', '500', '502', '503',
      '504']),
    from: h('input', { type: 'datetime-local', step: 1 }),
    to: h('input', { type: 'datetime-local', step: 1 }),
    slower: h('input', { type: 'number', min: 0, max: 9999999 })
  };
  for (const name of FIELDS) {
    const value = asked.get(name) ?? '';
    input[name].value = value && (name === 'from' || name === 'to') ? local(value) : value;
  }
  // What a link asked for and no field shows.
  const linked = {};
  for (const name of ['hash', 'claim']) if (asked.get(name)) linked[name] = asked.get(name);
  const found = h('section', { 'aria-label': 'Calls found' });
  const form = h('form', {
    class: 'filter card', role: 'search',
    onsubmit: (event) => { event.preventDefault(); look(); }
  },
  field('A text that the call holds', input.text), field('Request id', input.id),
  field('Integration', input.integration), field('Operation', input.operation), field('Deployment', input.deployment),
  field('Answered', input.status), field('From', input.from), field('Before', input.to),
  field('Took at least, ms', input.slower), h('p', { class: 'buttons' }, h('button', { class: 'first' }, 'Find')));
  place.append(
      h('p', { class: 'soft' }, 'Values of callers are not kept: a call is found by a text because a salted hash of it is.'
          + ' All calls of this gateway are here for as long as memory lasts, failed and slow ones of all gateways for'
          + ' days.'),
      Object.keys(linked).length ? h('p', { class: 'card' }, `Only those with the same ${linked.hash ? 'text' : 'key'}. `,
          h('a', { href: '/calls' }, 'All calls')) : '',
      form, found);

  async function look() {
    const parts = { ...linked };
    for (const name of FIELDS) {
      const value = input[name].value.trim();
      if (value) parts[name] = name === 'from' || name === 'to' ? new Date(value).toISOString() : value;
    }
    // A person's id does not belong into the history of a browser.
    const { text, ...kept } = parts;
    history.replaceState(null, '', `/calls${query(kept)}`);
    try {
      const seen = await get(`/calls${query(parts)}`);
      found.replaceChildren(seen.calls.length ? list(seen.calls, `${seen.calls.length === 200 ? 'The latest ' : ''}`
          + `${number(seen.calls.length)} calls, newest first`) : h('p', { class: 'empty' }, 'No call was found.'));
      say(`${seen.calls.length} calls found`);
    } catch (failure) {
      found.replaceChildren(h('p', { class: 'card failed', role: 'alert' }, failure.message));
    }
  }

  await look();
}

function local(iso) {
  const date = new Date(iso);
  return isNaN(date) ? '' : new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function choice(options) {
  return h('select', {}, h('option', { value: '' }, 'any'),
      options.map((option) => h('option', { value: option }, option)));
}

/** The first of them; more when somebody wants them. */
function list(seen, caption) {
  const place = h('div', {}, rows(seen.slice(0, FIRST), caption));
  if (seen.length > FIRST) {
    place.append(h('p', { class: 'buttons' }, h('button', { type: 'button', onclick: () => {
      place.replaceChildren(rows(seen, caption));
      place.querySelectorAll('tbody a')[FIRST].focus();
    } }, `Show the other ${number(seen.length - FIRST)}`)));
  }
  return place;
}

function rows(seen, caption) {
  return table(caption, [
    ['Came in', (one) => h('a', { href: `/calls/${encodeURIComponent(one.requestId)}` }, time(one.at))],
    ['Answered', (one) => status(one.status)],
    ['Operation', (one) => foreign(one.operation === 'none' ? one.integration : one.operation)],
    ['Deployment', (one) => foreign(one.deployment)],
    ['Took, ms', (one) => number(one.millis), 'number'],
    ['Request id', (one) => code(one.callersId ? `${one.requestId} (${one.callersId})` : one.requestId)]
  ], seen);
}

function status(value) {
  const kind = value === 0 || value >= 500 ? 'bad' : value >= 400 ? 'warn' : 'good';
  return h('span', { class: kind }, value === 0 ? 'caller gone' : String(value));
}

export async function call(place, id) {
  const seen = await get(`/calls/${encodeURIComponent(id)}`);
  const { life } = seen;
  place.append(
      h('p', { class: `card${seen.status === 0 || seen.status >= 400 ? ' failed' : ''}`, dir: 'auto' },
          h('strong', {}, headline(seen)), life.error ? [' ', foreign(life.error)] : '', ' ', effect(seen)),
      facts([
        ['Came in', time(seen.at)],
        ['Operation', [life.method, ' ', foreign(seen.operation)]],
        ['Integration', foreign(seen.integration)],
        ['Deployment', foreign(seen.deployment)],
        ['Application', seen.application],
        ['Key', life.key && [code(life.key), ' (begin of its SHA-256)']],
        ['Request id', code(seen.requestId)],
        ['Caller’s own id', seen.callersId && code(seen.callersId)],
        ['Trace', life.trace && code(life.trace)],
        ['Answer is kept under', seen.claim && code(seen.claim)]
      ]),
      h('h2', {}, 'What happened'), timeline(seen));
  if (life.eventsLeftOut) place.append(h('p', { class: 'soft' }, `${number(life.eventsLeftOut)} more things happened.`));
  if (life.call) {
    place.append(h('h2', {}, 'What was sent'),
        h('p', { class: 'soft' }, 'Kinds and lengths; # is a salted hash: equal texts have equal ones.'), shape(life.call));
  }
  if (seen.content) place.append(h('h2', {}, 'In full'), json(seen.content));
  if (seen.tries?.length) place.append(h('h2', {}, 'How it was carried out later'), list(seen.tries, 'Each try'));
  if (seen.claim) {
    place.append(h('h2', {}, 'Calls with the same key'), seen.sameKey?.length
      ? list(seen.sameKey, 'The first of them did it, the others got its answer')
      : h('p', { class: 'empty' }, 'No other call of the same key is known.'));
  }
}

function headline(seen) {
  if (seen.status === 0) return `The caller went away after ${number(seen.millis)} ms.`;
  return `Answered ${seen.status} after ${number(seen.millis)} ms.`;
}

function effect(seen) {
  if (!seen.life.effect) return '';
  return seen.life.effect === 'NONE'
    ? 'Nothing was changed at Talon.One.'
    : 'At that time it was not known whether Talon.One did it.';
}

/** A hash in the shape leads to all calls with the same text. */
function shape(value) {
  const text = JSON.stringify(value, null, 2);
  const parts = text.split(/(#[0-9a-f]{12})/);
  return h('pre', { dir: 'auto', tabindex: '0' }, parts.map((part) => (/^#[0-9a-f]{12}$/.test(part)
    ? h('a', { href: `/calls?hash=${part.slice(1)}` }, part) : part)));
}

const WORDS = {
  KEY: { asked: 'Talon.One was asked whether the key is good, and accepts it', remembered: 'The key is known to be good' },
  CHECKED: () => 'It keeps its contract',
  CLAIMED: { new: 'It is the first of its key', 'taken over': 'It goes on with what an earlier call had begun' },
  REPEAT: (what) => {
    const [how, since] = what.split(' since ');
    return [how === 'waited' ? 'It is a repeat: it waited for the first call, and gets its answer'
      : 'It is a repeat: it gets the first call’s answer', since ? [', kept since ', time(since)] : ''];
  },
  WAITED: { turn: 'Waited for a turn at Talon.One’s limit', profile: 'Waited for another call of the same profile or'
    + ' session', file: 'Waited for a file of coupons', 'first call': 'Waited for the first call with the same key' },
  QUEUED: () => 'Written down, to be carried out later',
  LATE: (what) => `Its deadline passed while it was ${what.toLowerCase().replace('_', ' ')}`,
  LEFT_OUT: (what) => `Left out: ${what}`,
  OUTCOME: (what) => what,
  ENDED: (what) => `Ended ${what}`
};

function words(event) {
  if (event.kind === 'CALLED') {
    return ['Talon.One: ', code(event.what), ' ', event.status
      ? h('span', { class: event.status < 400 ? 'good' : 'bad' }, `answered ${event.status}`)
      : h('span', { class: 'bad' }, 'gave no answer')];
  }
  const known = WORDS[event.kind];
  const text = typeof known === 'function' ? known(event.what) : known?.[event.what];
  return [h('bdi', { dir: 'auto' }, text ?? `${event.kind.toLowerCase()} ${event.what}`)];
}

function timeline(seen) {
  const whole = Math.max(1, seen.millis * 1000, ...seen.life.events.map((event) => event.at));
  return h('ol', { class: 'life' }, seen.life.events.map((event) => {
    const took = event.took ?? 0;
    const from = Math.max(0, (event.at - took) / whole * 100);
    return h('li', {},
        h('span', { class: 'when' }, `${number(Math.round(event.at / 10) / 100)} ms`),
        h('span', {}, words(event), took ? h('span', { class: 'soft' },
            ` · ${number(Math.round(took / 10) / 100)} ms`) : ''),
        svg('svg', { viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
            svg('rect', { class: 'track', x: 0, y: 3, width: 100, height: 2 }),
            svg('rect', { class: 'took', x: from, y: 0, width: Math.max(.8, took / whole * 100), height: 8 })));
  }), h('li', {}, h('span', { class: 'when' }, `${number(seen.millis)} ms`), h('span', {}, 'Answered ',
      status(seen.status))));
}
