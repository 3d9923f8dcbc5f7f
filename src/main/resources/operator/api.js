// Talks to /api. The operator's token, where the port wants one, is kept by this tab alone (sessionStorage) and shown in a
// header that no other page can send: there is no cookie that a foreign request could ride on.
import { h, field } from './html.js';

const KEPT = 'operator-token';

export class Failed extends Error {
  constructor(status, text) { super(text); this.status = status; }
}

export async function get(path) { return ask('GET', path); }

export async function post(path, body) { return ask('POST', path, body); }

async function ask(method, path, body) {
  const headers = {};
  const token = sessionStorage.getItem(KEPT);
  if (token) headers.Authorization = `Bearer ${token}`;
  if (method === 'POST') headers['Content-Type'] = 'application/json';
  let answer;
  try {
    answer = await fetch(`/api${path}`, { method, headers, body: body && JSON.stringify(body), cache: 'no-store' });
  } catch {
    throw new Failed(0, 'The gateway does not answer. Is it running, and is the way to it open?');
  }
  if (answer.status === 401) {
    sessionStorage.removeItem(KEPT);
    await login(Boolean(token));
    return ask(method, path, body);
  }
  const text = await answer.text();
  const document = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Failed(answer.status, document?.Error ?? `Status ${answer.status}`);
  return document;
}

let asking = null;

/** Asks for the token until the port takes one; everybody who needs it waits for the same. */
function login(again) {
  asking ??= new Promise((resolve) => {
    const input = h('input', { type: 'password', required: true, autocomplete: 'off', minlength: 16 });
    const dialog = h('dialog', { 'aria-labelledby': 'login' },
        h('form', {
          method: 'dialog',
          onsubmit: () => { sessionStorage.setItem(KEPT, input.value.trim()); asking = null; dialog.remove(); resolve(); }
        },
        h('h2', { id: 'login' }, 'The operator’s token'),
        h('p', {}, again ? 'That was not it. ' : '', 'It is the value of gateway.operator-token. This tab keeps it until'
            + ' it is closed.'),
        field('Token', input), h('p', { class: 'buttons' }, h('button', { class: 'first' }, 'Go on'))));
    dialog.addEventListener('cancel', (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
  });
  return asking;
}

/** The parts of a query that say something. */
export function query(parts) {
  const told = Object.entries(parts).filter(([, value]) => value !== '' && value != null);
  return told.length ? `?${new URLSearchParams(told)}` : '';
}
