// What fleets of each size carry of today's traffic, and where today's fleet stands.
import { el, fill, panel } from './dom.js';
import { gpus, number, pair, rate } from './format.js';
import { ask } from './store.js';
import { colour, onTheme } from './theme.js';

const HEIGHT = 220;

export class Frontier {
  constructor(id) {
    this.id = id;
    this.panel = panel('Frontier: GPUs and what they carry', 'frontier');
    this.box = el('div', { class: 'chart', role: 'img', 'aria-label': 'Frontier' });
    this.said = el('p', { class: 'small' });
    this.table = el('div', { class: 'scroll', tabindex: '0', role: 'region',
      'aria-label': 'Frontier, as a table' });
    const mark = (name, text, box) => {
      const swatch = el('span', { class: `swatch ${box}` });
      if (box === 'box') swatch.style.background = `var(--${name})`;
      swatch.style.borderTopColor = `var(--${name})`;
      return el('li', {}, swatch, text);
    };
    fill(this.panel.body, this.said, this.box, el('ul', { class: 'legend' },
        mark('prefill', 'best split of each size', ''), mark('promise', 'planned for', 'dash'),
        mark('mark', 'fleet now', 'box')),
    el('details', {}, el('summary', {}, 'As a table'), this.table));
    this.stop = onTheme(() => this.build());
    this.resize = new ResizeObserver(() => {
      if (this.plot && this.box.clientWidth > 0) {
        this.plot.setSize({ width: this.box.clientWidth, height: HEIGHT });
      }
    });
    this.resize.observe(this.box);
  }

  get node() {
    return this.panel.node;
  }

  async load(at) {
    this.found = await ask('frontier', { id: this.id, at });
    if (this.found.why) {
      this.plot?.destroy();
      this.plot = null;
      this.data = null;
      fill(this.table);
      fill(this.said, el('span', { class: 'unknown' }, `Unknown: ${this.found.why}.`));
      return;
    }
    this.draw();
  }

  draw() {
    const { points, today, demand_per_second: demand } = this.found;
    const last = points[points.length - 1];
    this.said.textContent = `Requests per second within the targets, at today's lengths. `
      + (today ? `${pair(today.pair)} carries ${rate(today.requests_per_second)} on `
        + `${gpus(today.pair.gpus)}; ` : 'The fleet now is unknown; ')
      + `the planned demand is ${rate(demand)}; the whole budget carries `
      + `${rate(last.requests_per_second)} as ${pair(last.pair)}.`;
    this.box.setAttribute('aria-label', this.said.textContent);
    fill(this.table, el('table', {}, el('thead', {}, el('tr', {},
        ['GPUs', 'Best split', 'Carries'].map((name) => el('th', { scope: 'col' }, name)))),
    el('tbody', {}, points.map((each) => el('tr', {}, el('td', {}, number(each.pair.gpus)),
        el('td', {}, pair(each.pair)), el('td', {}, rate(each.requests_per_second)))))));
    const sizes = points.map((each) => each.pair.gpus);
    const now = today ? [today.pair.gpus] : [];
    const at = [...new Set([...sizes, ...now])].sort((a, b) => a - b);
    this.data = [at,
      at.map((n) => points.find((each) => each.pair.gpus === n)?.requests_per_second),
      at.map(() => demand),
      at.map((n) => (today && today.pair.gpus === n ? today.requests_per_second : null))];
    if (this.plot) this.plot.setData(this.data);
    else this.build();
  }

  build() {
    if (!this.data || !this.box.isConnected) return;
    this.plot?.destroy();
    const axis = { stroke: colour('soft'), grid: { stroke: colour('grid'), width: 1 },
      ticks: { stroke: colour('grid'), width: 1 }, font: '11px system-ui, sans-serif' };
    this.plot = new uPlot({
      width: this.box.clientWidth || 320,
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: false, y: false } },
      scales: { x: { time: false },
        y: { range: (plot, least, most) => [0, uPlot.rangeNum(0, most || 1, 0.08, true)[1]] } },
      axes: [{ ...axis, values: (plot, ticks) => ticks.map((n) => `${n} GPUs`), space: 70 },
        { ...axis, size: 70, values: (plot, ticks) => ticks.map((n) => `${number(n)}/s`) }],
      series: [{}, { stroke: colour('prefill'), width: 2, points: { show: true, size: 4 } },
        { stroke: colour('promise'), width: 1.5, dash: [5, 4], points: { show: false } },
        { stroke: colour('mark'), width: 0,
          points: { show: true, size: 12, fill: colour('mark') } }],
    }, this.data, this.box);
  }

  destroy() {
    this.stop();
    this.resize.disconnect();
    this.plot?.destroy();
  }
}
