// What waits for a person, what each decision does, and who decided what.
import { get, post, query } from './api.js';
import { code, facts, field, foreign, h, json, number, say, table, time } from './html.js';

const WHO = 'operator-name';

export async function decisions(place) {
  const sections = [h('section', {}), h('section', {}), h('section', {})];
  place.append(...sections);
  await Promise.all([parkedCalls(sections[0]), deadLetters(sections[1]), record(sections[2])]);
}

async function parkedCalls(place) {
  const all = await get('/parked');
  place.replaceChildren(h('h2', {}, 'Parked calls'),
      h('p', { class: 'soft' }, 'Something was sent to Talon.One, and nobody can tell whether it was done. Their partners’'
          + ' repeats wait for your word.'));
  if (!all.length) {
    place.append(h('p', { class: 'card good' }, 'None.'));
    return;
  }
  place.append(filtered('/parked', 'retry', 'Try again', 'calls', {
    deployment: [...new Set(all.map((one) => one.deployment))], operation: [...new Set(all.map((one) => one.operation))]
  }, () => parkedCalls(place)),
  table(`${number(all.length)} calls, oldest first`, [
    ['Came in', (one) => h('a', { href: `/decisions/${one.id}` }, time(one.created))],
    ['Operation', (one) => foreign(one.operation)],
    ['Deployment', (one) => foreign(one.deployment)],
    ['Why', (one) => foreign(one.reason)],
    ['Id', (one) => code(one.id.slice(0, 12))]
  ], all));
}

async function deadLetters(place) {
  place.replaceChildren(h('h2', {}, 'Dead letters'));
  let all;
  try {
    all = await get('/dead-letters');
  } catch (failure) {
    place.append(h('p', { class: failure.status === 404 ? 'empty' : 'card failed', dir: 'auto' }, failure.message));
    return;
  }
  place.append(h('p', { class: 'soft' }, 'Queued calls that could not be carried out, and things that Talon.One refused out'
      + ' of a call whose rest was done.'));
  if (!all.length) {
    place.append(h('p', { class: 'card good' }, 'None.'));
    return;
  }
  place.append(filtered('/dead-letters', 'replay', 'Replay', 'letters', {
    deployment: [...new Set(all.map((one) => one.deployment))], operation: [...new Set(all.map((one) => one.operation))],
    reason: [...new Set(all.map((one) => one.reason))]
  }, () => deadLetters(place)),
  table(`${number(all.length)} letters, oldest first`, [
    ['Since', (one) => time(one.at)],
    ['Operation', (one) => foreign(one.operation)],
    ['Deployment', (one) => foreign(one.deployment)],
    ['Tries', (one) => number(one.attempts), 'number'],
    ['Why', (one) => [foreign(one.reason), ' ', foreign(one.text ?? '')]],
    ['Request id', (one) => h('a', { href: `/decisions/letters/${encodeURIComponent(one.requestId)}` },
        code(one.requestId))]
  ], all));
}

/** One dead letter: what is known of it, and what can be done. */
export async function letter(place, id) {
  const one = await get(`/dead-letters/${encodeURIComponent(id)}`);
  const filter = query({ id });
  const decided = (verb) => async (by) => {
    await post(`/dead-letters/${verb}${filter}`, by);
    place.replaceChildren(h('p', { class: 'card good', role: 'status' }, 'Decided, and written down.'), h('p', {},
        h('a', { href: '/decisions' }, 'All decisions')));
  };
  place.append(
      h('p', { class: 'card need', dir: 'auto' }, h('strong', {}, 'Why it is here: '), foreign(one.reason), ' ',
          foreign(one.text ?? '')),
      facts([
        ['Operation', foreign(one.operation)], ['Deployment', foreign(one.deployment)], ['Since', time(one.at)],
        ['Tries', number(one.attempts)], ['Refused at Talon.One', one.upstream && code(one.upstream)],
        ['May have been done', one.unknown == null ? '' : one.unknown ? 'yes: it keeps its keys, and is not done twice'
          : 'no'],
        ['Waiting behind it', one.behind == null ? '' : number(one.behind)],
        ['Carried out since', one.later == null ? '' : number(one.later)],
        ['The call', h('a', { href: `/calls/${encodeURIComponent(one.requestId)}` }, code(one.requestId))]
      ]),
      h('h2', {}, 'What was sent'), json(one.call ?? one.request ?? null),
      h('h2', {}, 'Decide'),
      h('section', { class: 'card', 'aria-label': 'Replay' }, h('h3', {}, 'Replay'),
          h('p', { dir: 'auto' }, 'It goes through the queue again. ', one.order ? foreign(one.order) : ''),
          decide('Replay', false, decided('replay'))),
      h('section', { class: 'card', 'aria-label': 'Give up' }, h('h3', {}, 'Give up'),
          h('p', {}, 'It is not carried out. Its partner was told that it would be, and is not told otherwise.'),
          decide('Give up', true, decided('give-up'))));
}

/** Decides about all that a filter takes, after it has said how many that are. */
function filtered(path, verb, name, things, choices, done) {
  const inputs = Object.fromEntries(Object.entries(choices).map(([part, values]) => [part, h('select', {},
      h('option', { value: '' }, 'any'), values.sort().map((value) => h('option', { value }, value)))]));
  inputs.from = h('input', { type: 'datetime-local', step: 1 });
  inputs.to = h('input', { type: 'datetime-local', step: 1 });
  const next = h('div', { 'aria-live': 'polite' });
  const parts = () => Object.fromEntries(Object.entries(inputs).map(([part, input]) => [part,
    input.type === 'datetime-local' && input.value ? new Date(input.value).toISOString() : input.value]));
  const form = h('form', {
    class: 'filter', onsubmit: async (event) => {
      event.preventDefault();
      const chosen = query(parts());
      if (!chosen) {
        next.replaceChildren(h('p', { class: 'warn' }, 'Choose at least one of the above.'));
        return;
      }
      try {
        const first = await get(`${path}/${verb}${chosen}`);
        const count = first.count ?? first.letters;
        next.replaceChildren(h('p', { dir: 'auto' }, h('strong', {}, `${number(count)} ${things}. `),
            first.order ? foreign(first.order) : ''), count ? decide(`${name} ${number(count)} ${things}`, false,
            async (by) => {
              await post(`${path}/${verb}${chosen}`, { ...by, expected: count });
              say(`${number(count)} ${things}: done`);
              await done();
            }) : '');
      } catch (failure) {
        next.replaceChildren(h('p', { class: 'bad', role: 'alert' }, failure.message));
      }
    }
  },
  Object.entries(inputs).map(([part, input]) => field(part[0].toUpperCase() + part.slice(1), input)),
  h('p', { class: 'buttons' }, h('button', {}, 'Count them')));
  return h('details', { class: 'card' }, h('summary', {}, `${name} many`), form, next);
}

/** Asks who decides and why; nothing is decided without. */
function decide(name, heavy, act, more = []) {
  const who = h('input', { required: true, maxlength: 100, autocomplete: 'name' });
  who.value = localStorage.getItem(WHO) ?? '';
  const why = h('input', { required: true, maxlength: 500, autocomplete: 'off' });
  const button = h('button', { class: heavy ? 'heavy' : 'first' }, name);
  const failed = h('p', { class: 'bad', role: 'alert' });
  return h('form', {
    class: 'decide', onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      failed.textContent = '';
      localStorage.setItem(WHO, who.value.trim());
      try {
        await act({ who: who.value.trim(), why: why.value.trim() });
      } catch (failure) {
        failed.textContent = failure.message;
      }
      button.disabled = false;
    }
  }, more, field('Who decides', who), field('Why', why), h('p', { class: 'buttons' }, button), failed);
}

async function record(place) {
  const all = await get('/decisions');
  place.replaceChildren(h('h2', {}, 'What was decided'), all.length ? table('Newest first', [
    ['When', (one) => time(one.at)],
    ['Who', (one) => foreign(one.who)],
    ['Decision', (one) => foreign(one.decision)],
    ['About', (one) => foreign(one.about)],
    ['Why', (one) => foreign(one.why)]
  ], all) : h('p', { class: 'empty' }, 'Nothing yet.'));
}

export async function parked(place, id) {
  const one = await get(`/parked/${encodeURIComponent(id)}`);
  const path = `/parked/${encodeURIComponent(id)}`;
  const decided = (what, more = {}) => async (by) => {
    await post(`${path}/${what}`, { ...by, ...more });
    place.replaceChildren(h('p', { class: 'card good', role: 'status' }, 'Decided, and written down.'), h('p', {},
        h('a', { href: '/decisions' }, 'All decisions')));
  };
  const status = h('input', { type: 'number', value: 200, min: 200, max: 299, required: true });
  const body = h('textarea', { rows: 4, dir: 'auto' });
  place.append(
      h('p', { class: 'card need', dir: 'auto' }, h('strong', {}, 'Why it is here: '), foreign(one.reason)),
      facts([
        ['Operation', foreign(one.operation)], ['Deployment', foreign(one.deployment)], ['Came in', time(one.created)],
        ['Sent last', one.sent && time(one.sent)], ['Id', code(one.id)],
        ['Calls', h('a', { href: `/calls?claim=${one.id}` }, 'All that are kept of this key')]
      ]),
      h('h2', {}, 'What was sent'), json(one.request),
      h('h2', {}, 'What happened to it'), one.history.length ? table('Oldest first', [
        ['When', (entry) => time(entry.at)], ['What', (entry) => foreign(entry.event)]], one.history)
        : h('p', { class: 'empty' }, 'Nothing is noted.'),
      h('h2', {}, 'Decide'),
      h('section', { class: 'card', 'aria-label': 'Try again' }, h('h3', {}, 'Try again'),
          h('p', {}, 'It is looked up once more and finished, or sent again where that is safe; it comes back here when that'
              + ' is not possible. You cannot do harm with this.'), decide('Try again', false, decided('retry'))),
      h('section', { class: 'card', 'aria-label': 'It happened' }, h('h3', {}, 'It happened'),
          h('p', {}, 'You have found it at Talon.One. Repeats get this answer from now on, and nothing is sent any more.'),
          decide('It happened', true, async (by) => {
            let answer = {};
            if (body.value.trim()) {
              try {
                answer = { body: JSON.parse(body.value) };
              } catch {
                throw new Error('The answer is not JSON');
              }
            }
            await decided('done', { status: Number(status.value), ...answer })(by);
          }, [field('Status of the answer', status), field('Answer, as JSON', body)])),
      h('section', { class: 'card', 'aria-label': 'It did not happen' }, h('h3', {}, 'It did not happen'),
          one.answered ? h('p', {}, 'Its partner has been answered already: it did happen, and only the kept answer cannot be'
              + ' read any more. Say above what repeats shall get.')
            : [h('p', {}, 'You have looked, and it is not at Talon.One. The partner’s next call is a first one: if you are'
              + ' wrong, it happens twice.'), decide('It did not happen', true, decided('free'))]));
}
