// Deployments of Talon.One: whether they answer, what they allow, which keys they accept.
import { get } from './api.js';
import { code, facts, foreign, h, number, table, time } from './html.js';

export async function deployments(place) {
  const all = await get('/deployments');
  if (!all.length) place.append(h('p', { class: 'empty' }, 'No deployment is configured.'));
  for (const one of all) {
    place.append(h('section', { class: `card${one.breakerOpen ? ' failed' : ''}`, 'aria-label': one.name },
        h('h2', { dir: 'auto' }, one.name),
        one.breakerOpen ? h('p', { class: 'bad' }, 'It fails and is left alone for a moment.') : '',
        facts([
          ['Address', foreign(one.baseUrl)],
          ['Last answered', one.lastAnswer ? time(one.lastAnswer) : 'not since this gateway started'],
          ['Its clock', one.clockBehindMillis > 1000 ? h('span', { class: 'warn' },
              `${number(Math.round(one.clockBehindMillis / 100) / 10)} s behind the gateway’s`) : 'agrees'],
          ['Management key', one.managementKey ? 'there' : h('span', { class: 'warn' }, 'none: no coupons, no referrals')],
          ['Calls a second to a Management endpoint', one.managementRate || 'no limit'],
          ['Coupons in files', one.batching ? 'yes' : 'no'],
          ['Creates attributes', one.createAttributes ? 'yes' : 'no'],
          ['Keys registered', number(one.registeredKeys)]
        ]),
        one.findings?.length ? h('ul', {}, one.findings.map((finding) => h('li', {}, foreign(finding.text)))) : '',
        one.operations.length ? table('Calls to it since this gateway started', [
          ['Operation', (operation) => code(operation.operation)],
          ['Turns left', (operation) => operation.turnsLeft ?? '', 'number'],
          ['Waiting', (operation) => operation.waiting ?? '', 'number'],
          ['Answers', (operation) => Object.entries(operation.statuses ?? {}).map(([status, seen]) => h('div', {},
              h('span', { class: /^[23]/.test(status) ? 'good' : 'bad' }, status), ` ${number(seen.calls)} × `
              + `${number(seen.meanMillis)} ms`))]
        ], one.operations) : '',
        one.keys.length ? table('Keys accepted within the last minutes, by the begin of their SHA-256', [
          ['Key', (key) => code(key.key)],
          ['Application', (key) => key.application || 'not known', 'number'],
          ['Good for', (key) => (key.rehearsesOnly ? 'dry runs' : 'everything')]
        ], one.keys) : ''));
  }
}
