// What is served: files and their versions, operations, limits, contracts.
import { get } from './api.js';
import { code, facts, foreign, h, number, table, time } from './html.js';

export async function integrations(place) {
  const all = await get('/integrations');
  if (!all.length) place.append(h('p', { class: 'empty' }, 'No integration is loaded.'));
  for (const one of all) {
    place.append(h('section', { class: 'card', 'aria-label': one.name },
        h('h2', { dir: 'auto' }, one.name),
        one.reload ? h('p', { class: 'card failed', dir: 'auto' }, h('strong', {}, 'The last change could not be loaded'),
            ' (', time(one.reload.at), '): ', foreign(one.reload.message)) : '',
        facts([
          ['Answered within', `${number(one.deadline)} ms`],
          ['Calls a second of one key', one.rateLimit ? number(one.rateLimit) : 'no limit'],
          ['Platform of its keys', one.platform],
          ['Files', h('ul', {}, one.files.map((file) => h('li', {}, code(file.path), ' ', file.problem
            ? h('span', { class: 'bad' }, file.problem)
            : ['version ', code(file.version), ', changed ', time(file.changed)])))],
          ['Contract', h('a', { href: `/contract/${encodeURIComponent(one.name)}` }, 'Read it')],
          ['Calls', h('a', { href: `/calls?integration=${encodeURIComponent(one.name)}&status=failed` }, 'Those that'
              + ' failed')]
        ]),
        h('details', {}, h('summary', {}, `${one.operations.length} operations`), table('Operations', [
          ['Operation', (operation) => foreign(operation.id)],
          ['Call', (operation) => code(`${operation.method} ${operation.path}`)],
          ['Key', (operation) => operation.key],
          ['Can be queued', (operation) => (operation.queueable ? 'yes' : 'no')]
        ], one.operations))));
  }
}
