// Shows the page that the address names. Links within the gateway change the page without loading it again.
import { h, say } from './html.js';
import { now } from './now.js';
import { calls, call } from './calls.js';
import { decisions, letter, parked } from './decisions.js';
import { integrations } from './integrations.js';
import { deployments } from './deployments.js';

const main = document.getElementById('main');
let leave = () => {};
let shown = 0;

function page() {
  const [first = '', second, third] = location.pathname.split('/').slice(1).map(decodeURIComponent);
  switch (first) {
    case '': return ['Now', now];
    case 'calls': return second ? [`Call ${second}`, (place) => call(place, second)] : ['Calls', calls];
    case 'decisions':
      if (third) return ['Dead letter', (place) => letter(place, third)];
      return second ? ['Parked call', (place) => parked(place, second)] : ['Decisions', decisions];
    case 'integrations': return ['Integrations', integrations];
    case 'deployments': return ['Deployments', deployments];
    default: return ['No such page', (place) => place.append(h('p', {}, 'There is no such page.'))];
  }
}

async function show(focus) {
  leave();
  leave = () => {};
  const mine = ++shown;
  const [title, fill] = page();
  document.title = `${title} · Partner Gateway`;
  for (const link of document.querySelectorAll('nav a')) {
    const first = link.pathname.split('/')[1];
    if (location.pathname.split('/')[1] === first) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const place = h('div', {});
  main.replaceChildren(h('h1', { dir: 'auto' }, title), place);
  if (focus) main.focus();
  try {
    const left = await fill(place);
    if (mine === shown) leave = left ?? leave; else left?.();
  } catch (failure) {
    if (mine === shown) {
      place.append(h('p', { class: 'card failed', role: 'alert', dir: 'auto' }, failure.message));
      say('This could not be shown');
    }
  }
}

/** Goes to an address of the gateway's own. */
export function go(address) {
  history.pushState(null, '', address);
  show(true);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a');
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (link && plain && link.origin === location.origin && !link.target && !link.hash
      && !link.pathname.startsWith('/api') && !link.pathname.startsWith('/contract')) {
    event.preventDefault();
    go(link.pathname + link.search);
  }
});
window.addEventListener('popstate', () => show(false));
show(false);
