// All services, one row each.
import { announce, cell, el, fill } from './dom.js';
import { gpus, inline, moment, pair, rate, seconds } from './format.js';
import { ask, stream } from './store.js';
import { reason, STATUS } from './words.js';

const PAUSE_MS = 500;
const ORDER = Object.keys(STATUS);
const NUMBERS = new Set(['GPUs', 'Load', 'TTFT', 'ITL']);

export function badge(status) {
  return el('span', { class: 'badge', 'data-status': status }, STATUS[status] ?? status);
}

export function measured(reading, promised) {
  const late = reading.value !== null && reading.value !== undefined && reading.value > promised;
  return el('span', { class: late ? 'bad number' : 'number' }, inline(reading, seconds),
      el('span', { class: 'soft' }, ` of ${seconds(promised)}`));
}

function row(service) {
  const link = el('a', { href: `#/service?id=${encodeURIComponent(service.id)}`,
    'data-key': service.id }, service.title);
  const now = pair(service.now);
  const end = pair(service.end);
  return el('tr', {},
      el('th', { scope: 'row', 'data-label': 'Service' }, link),
      cell('State', badge(service.status)),
      cell('Ratio', el('span', { class: 'number' }, now === end ? now : `${now} → ${end}`)),
      cell('GPUs', service.now ? `${service.now.gpus} of ${gpus(service.budget_gpus)}`
        : 'unknown', 'n'),
      cell('Load', inline(service.requests_per_second, rate), 'n'),
      cell(`TTFT at the promise`, measured(service.ttft_seconds, service.ttft_promised_seconds),
          'n'),
      cell('ITL at the promise', measured(service.itl_seconds, service.itl_promised_seconds), 'n'),
      cell('Reason', reason(service.reason)),
      cell('Model', `${service.model} on ${service.gpu}`),
      cell('Seen', moment(service.at_seconds, service.wall), 'soft small'));
}

export class Overview {
  constructor(main, on) {
    this.on = on;
    this.services = new Map();
    this.halted = new Map();
    this.notice = el('section', { class: 'panel notice', 'aria-label': 'No cycle yet' });
    this.notice.hidden = true;
    this.body = el('tbody');
    this.summary = el('p', { class: 'soft' });
    this.empty = el('p', {}, 'No service has been seen yet. It appears with its first cycle.');
    this.scroll = el('div', { class: 'scroll cards-box', tabindex: '0', role: 'region',
      'aria-label': 'Services' },
      el('table', { class: 'cards' },
          el('caption', {}, 'The most urgent first. Latency is measured at the percentile of the '
            + 'promise, which follows it.'),
          el('thead', {}, el('tr', {}, ['Service', 'State', 'Ratio', 'GPUs', 'Load', 'TTFT', 'ITL',
            'Reason', 'Model', 'Seen'].map((name) => el('th', { scope: 'col',
              class: NUMBERS.has(name) ? 'n' : null }, name)))),
          this.body));
    fill(main, el('h1', {}, 'Services'), this.summary, this.empty, this.notice,
        el('section', { class: 'panel', 'aria-label': 'All services' }, this.scroll));
    document.title = 'Services · Ratematch';
    this.load();
  }

  async load() {
    try {
      const all = await ask('services');
      if (this.stopped) return;
      document.getElementById('host').textContent = all.host;
      all.services.forEach((service) => this.services.set(service.id, service));
      all.halted.forEach((service) => this.halted.set(service.id, service));
      this.draw();
    } catch (problem) {
      this.on.refused(problem);
      return;
    }
    this.close = stream({}, {
      event: (name, data) => {
        if (name === 'halted') this.halted.set(data.id, data);
        else {
          this.services.set(data.id, data);
          this.halted.delete(data.id);
        }
        this.soon();
      },
      state: (state) => this.on.state(state),
      refused: (problem) => this.on.refused(problem),
    });
  }

  soon() {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.draw();
    }, PAUSE_MS);
  }

  draw() {
    const all = [...this.services.values()].sort((a, b) =>
      ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || a.id.localeCompare(b.id));
    const count = (status) => all.filter((service) => service.status === status).length;
    this.empty.hidden = all.length > 0 || this.halted.size > 0;
    this.notice.hidden = this.halted.size === 0;
    fill(this.notice, el('h2', {}, 'No decision at present'), [...this.halted.values()].map((each) =>
      el('p', {}, el('b', {}, each.id), `: ${each.why}`)));
    this.scroll.parentElement.hidden = all.length === 0;
    const parts = ORDER.map((status) => [count(status), STATUS[status]])
        .filter(([n]) => n > 0).map(([n, text]) => `${n} ${text}`);
    this.summary.textContent = all.length === 0 ? ''
      : `${all.length} ${all.length === 1 ? 'service' : 'services'}: ${parts.join(', ')}.`;
    fill(this.body, all.map(row));
    const late = count('late');
    if (late > 0) announce(`${late} ${late === 1 ? 'service misses its' : 'services miss their'} targets`);
  }

  destroy() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.close?.();
  }
}
