// What needs somebody, and how the last hour went.
import uPlot from './uPlot.esm.js';
import { get } from './api.js';
import { h, number, time } from './html.js';

const EVERY = 10_000;
const COLOURS = ['#3b74e0', '#d9822b', '#2f9e63', '#b04bc1', '#c0392b', '#1899a8', '#8c7a1f', '#6b7280'];
const MOST_LINES = 8;

/** Charts in the order in which somebody looks for trouble; others come behind them. */
const ORDER = ['calls a second', 'failed calls a second', 'time to answer, ms', '99th percentile, ms', 'calls running',
  'calls waiting for a turn', 'turns left', 'coupons waiting for a file', 'calls waiting for a profile', 'breaker open',
  'statements waiting for the store', 'queued calls waiting', 'CPU'];

export async function now(place) {
  const needs = h('section', { 'aria-label': 'What needs somebody' });
  const about = h('p', { class: 'soft' });
  const charts = h('section', { class: 'charts', 'aria-label': 'The last hour' });
  place.append(needs, h('h2', {}, 'The last hour of this gateway'), about, charts);
  const drawn = new Map();
  let over = false;
  let timer;

  async function look() {
    const seen = await get('/now');
    if (over) return;
    needs.replaceChildren(...(seen.needs.length ? seen.needs.map(need) : [h('p', { class: 'card good' },
        'Nothing needs a decision.')]));
    about.replaceChildren('Running since ', time(seen.started), `, store: ${seen.store}. Seen every ten seconds, last `,
        time(seen.until), '.');
    const names = Object.keys(seen.charts).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
    for (const name of names) draw(name, seen.times, seen.charts[name]);
    if (!names.length) charts.replaceChildren(h('p', { class: 'empty' }, 'The first look comes within ten seconds.'));
  }

  function draw(name, times, lines) {
    const worst = Object.entries(lines).sort((a, b) => top(b[1]) - top(a[1])).slice(0, MOST_LINES);
    let chart = drawn.get(name);
    if (!chart) {
      if (!drawn.size) charts.replaceChildren();
      chart = { plot: h('div', { class: 'plot', 'aria-hidden': 'true' }), latest: h('ul', { class: 'latest' }) };
      charts.append(h('figure', {}, h('figcaption', {}, name), chart.plot, chart.latest));
      drawn.set(name, chart);
    }
    chart.latest.replaceChildren(...worst.map(([line, values], i) => {
      const mark = h('span', { class: 'mark', 'aria-hidden': 'true' });
      mark.style.background = COLOURS[i];
      return h('li', {}, mark, h('bdi', {}, line), ' ', h('strong', {}, said(values.at(-1))));
    }));
    const shape = worst.map(([line]) => line).join('\n') + chart.plot.clientWidth + colours().join();
    const data = [times, ...worst.map(([, values]) => values)];
    if (chart.shape === shape) {
      chart.drawing.setData(data);
    } else {
      chart.drawing?.destroy();
      chart.drawing = new uPlot(options(worst, chart.plot.clientWidth), data, chart.plot);
      chart.shape = shape;
    }
  }

  function options(lines, width) {
    const [text, grid] = colours();
    const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
    return {
      width: Math.max(200, width), height: 150, legend: { show: false }, cursor: { show: false },
      scales: { y: { range: (plot, low, high) => [Math.min(0, low ?? 0), high > 0 ? high * 1.1 : 1] } },
      axes: [axis, { ...axis, size: 52 }],
      series: [{}, ...lines.map(([line], i) => ({ label: line, stroke: COLOURS[i], width: 1.5, points: { size: 4 } }))]
    };
  }

  async function again() {
    if (!document.hidden) {
      try {
        await look();
      } catch (failure) {
        needs.replaceChildren(h('p', { class: 'card failed', role: 'alert' }, failure.message));
      }
    }
    if (!over) timer = setTimeout(again, EVERY);
  }

  await look();
  timer = setTimeout(again, EVERY);
  const resized = () => look().catch(() => {});
  const themed = matchMedia('(prefers-color-scheme: dark)');
  window.addEventListener('resize', resized);
  themed.addEventListener('change', resized);
  return () => {
    over = true;
    clearTimeout(timer);
    window.removeEventListener('resize', resized);
    themed.removeEventListener('change', resized);
    drawn.forEach((chart) => chart.drawing.destroy());
  };
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  return [style.getPropertyValue('--soft').trim(), style.getPropertyValue('--line').trim()];
}

const rank = (name) => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);
const top = (values) => values.reduce((most, value) => (value > most ? value : most), -1);
const said = (value) => (value == null ? '–' : number(Math.round(value * 100) / 100));

function need(what) {
  const text = what.count > 1 ? `${number(what.count)} ${what.what}` : what.what;
  return h('p', { class: 'card need' }, h('strong', {}, text), what.page ? [' ', h('a', { href: what.page }, 'Look')] : '');
}
