// One service: panels of a cycle, charts of a day, decisions, frontier, what-if.
import { Chart } from './charts.js';
import { Decisions } from './decisions.js';
import { announce, el, fill } from './dom.js';
import { number, pair, rate, requests, seconds, share, tokens } from './format.js';
import { Frontier } from './frontier.js';
import { Panels } from './panels.js';
import { Replay } from './replay.js';
import { ask, stream } from './store.js';
import { WhatIf } from './whatif.js';
import { reason } from './words.js';

const DAY = 86400;
const DRAW_MS = 400;
const LISTS_MS = 2000;
const SPANS = [['1 h', 3600], ['6 h', 21600], ['24 h', DAY]];

const times = (name, factor) => (columns) =>
  columns[name].map((value) => (value === null ? null : value * factor));

function specs(view) {
  const [prefill, decode] = view.pools.map((pool) => pool.gpus_per_replica);
  const p = `p${view.row.percentile}`;
  const fine = (value) => (value < 1 ? `${number(value * 1000)} ms` : `${number(value)} s`);
  return [
    { id: 'load', class: 'wide', title: 'Load, requests per second', unit: rate, tick: (v) => `${number(v)}/s`,
      series: [
        { label: 'arrived', column: 'arrived', colour: 'prefill', measured: true },
        { label: 'planned demand, with margin', column: 'demand', colour: 'plan', dash: true, width: 1.5 },
        { label: 'carried within the targets', column: 'carried', colour: 'good', width: 1.5,
          step: true },
      ] },
    { id: 'ttft', title: 'TTFT (logarithmic)', unit: seconds, tick: fine, log: true,
      series: [
        { label: p, column: 'ttft', colour: 'prefill', measured: true },
        { label: 'mean', column: 'ttft_mean', colour: 'prefill', width: 1 },
        { label: 'promise', column: 'ttft_promised', colour: 'promise', dash: true, width: 1.5 },
      ] },
    { id: 'itl', title: 'ITL (logarithmic)', unit: seconds, tick: fine, log: true,
      series: [
        { label: p, column: 'itl', colour: 'decode', measured: true },
        { label: 'mean', column: 'itl_mean', colour: 'decode', width: 1 },
        { label: 'promise', column: 'itl_promised', colour: 'promise', dash: true, width: 1.5 },
      ] },
    { id: 'fleet', title: 'GPUs that serve, and recommended', unit: (v) => `${number(v)} GPUs`,
      tick: (v) => number(v), least: view.row.budget_gpus,
      series: [
        { label: 'prefill', of: times('prefill_ready', prefill), colour: 'prefill', step: true,
          measured: true },
        { label: 'decode', of: times('decode_ready', decode), colour: 'decode', step: true,
          measured: true },
        { label: 'prefill recommended', of: times('prefill_right', prefill), colour: 'prefill',
          dash: true, width: 1, step: true },
        { label: 'decode recommended', of: times('decode_right', decode), colour: 'decode',
          dash: true, width: 1, step: true },
      ] },
    { id: 'lengths', title: 'Mean lengths, tokens (logarithmic)', unit: tokens, log: true,
      tick: (v) => number(v),
      series: [
        { label: 'ISL', column: 'isl', colour: 'prefill', measured: true },
        { label: 'OSL', column: 'osl', colour: 'decode', measured: true },
      ] },
    { id: 'queues', title: 'Waiting requests', unit: requests, tick: (v) => number(v), least: 10,
      series: [
        { label: 'for prefill', column: 'prefill_queued', colour: 'prefill', measured: true },
        { label: 'for decode', column: 'decode_queued', colour: 'decode', measured: true },
        { label: 'for KV memory', column: 'waiting_kv', colour: 'mark', dash: true, width: 1.5 },
      ] },
    { id: 'kv', title: 'KV memory of decode in use', unit: share, tick: (v) => `${number(100 * v)} %`,
      least: 1,
      series: [{ label: 'in use', column: 'kv_used', colour: 'decode', measured: true }] },
  ];
}

function append(history, more) {
  const from = history.sequence.length ? history.sequence[history.sequence.length - 1] : 0;
  for (let i = 0; i < more.at.length; i++) {
    if (more.sequence[i] <= from) continue;
    history.at.push(more.at[i]);
    history.sequence.push(more.sequence[i]);
    history.why.push(more.why[i]);
    for (const [name, values] of Object.entries(more.columns)) history.columns[name].push(values[i]);
  }
}

export class ServicePage {
  constructor(main, id, on) {
    this.id = id;
    this.on = on;
    this.main = main;
    this.panels = new Panels();
    this.decisions = new Decisions(id);
    this.frontier = new Frontier(id);
    this.whatIf = new WhatIf(id);
    this.replay = new Replay((at) => this.shown(at));
    this.charts = [];
    this.at = null;
    this.span = DAY;
    this.spanButtons = SPANS.map(([text, seconds_]) => el('button', { type: 'button',
      'aria-pressed': String(seconds_ === DAY), onclick: () => this.zoom(seconds_) }, text));
    this.chartBox = el('div', { class: 'grid' });
    this.notice = el('p', { class: 'panel notice' });
    this.notice.hidden = true;
    document.title = `${id} · Ratematch`;
    fill(main, el('nav', { class: 'crumbs', 'aria-label': 'Where you are' },
        el('a', { href: '#/' }, 'All services')), el('p', { id: 'waiting' }, 'Reading…'));
    this.close = stream({ id }, {
      event: (name, data) => this.take(name, data),
      state: (state) => on.state(state),
      refused: (problem) => on.refused(problem),
    });
  }

  shared() {
    return {
      wall: () => this.view.row.wall,
      changes: () => this.decisions.changes(),
      at: () => this.at,
      range: (least, most) => {
        const end = this.at ?? most;
        if (this.span >= DAY) return [least, most];
        return [Math.max(least, end - this.span), Math.min(most, Math.max(end, least + 1))];
      },
      index: (all) => {
        if (this.at === null) return all.length - 1;
        const later = all.findIndex((each) => each > this.at);
        return later < 0 ? all.length - 1 : Math.max(0, later - 1);
      },
    };
  }

  take(name, data) {
    if (name === 'halted') {
      this.halt(data.why);
      return;
    }
    if (name === 'cycle') this.halt(null);
    if (name === 'begin' && data.whole) this.history = data.points;
    else if (this.history) this.join(data);
    else return;
    this.view = data.view;
    if (!this.built) this.build();
    this.soon();
  }

  // What is shown is of the last cycle there was.
  halt(why) {
    this.notice.hidden = why === null;
    this.notice.textContent = why === null ? '' : `No decision at present: ${why}`;
    if (why !== null) announce(this.notice.textContent);
  }

  // Points that were missed, because this page was slow, are fetched.
  async join(data) {
    const { sequence } = this.history;
    const last = sequence.length ? sequence[sequence.length - 1] : 0;
    const first = data.points.sequence[0] ?? last + 1;
    const more = first > last + 1 ? await ask('history', { id: this.id, after: last }) : data.points;
    append(this.history, more);
    const day = this.history.at[this.history.at.length - 1] - DAY;
    while (this.history.at[0] < day) {
      [this.history.at, this.history.sequence, this.history.why,
        ...Object.values(this.history.columns)].forEach((list) => list.shift());
    }
  }

  build() {
    this.built = true;
    const shared = this.shared();
    this.charts = specs(this.view).map((spec) => new Chart(spec, shared));
    fill(this.chartBox, ...this.charts.map((chart) => chart.node));
    const parts = ['move', 'gpus', 'traffic', 'limit'].map((id) => this.panels.part(id));
    this.grid = el('div', { class: 'grid' }, this.panels.head, parts);
    this.more = el('div', { class: 'grid' }, this.decisions.node, this.frontier.node,
        this.whatIf.node, this.panels.part('ledger'), this.panels.notes.node);
    fill(this.main, el('nav', { class: 'crumbs', 'aria-label': 'Where you are' },
        el('a', { href: '#/' }, 'All services')), this.notice, this.replay.node, this.grid,
    el('div', { class: 'tools', role: 'group', 'aria-label': 'Time range of the charts' },
        el('h2', {}, 'Over time'), this.spanButtons,
        el('span', { class: 'soft small' }, 'Drag across a chart to zoom, double-click to undo.')),
    this.chartBox, el('div', { class: 'space' }), this.more);
    ask('services').then((all) => {
      document.getElementById('host').textContent = all.host;
      this.replay.node.hidden = !all.whole;
      const halted = all.halted.find((each) => each.id === this.id);
      if (halted) this.halt(halted.why);
    }, (problem) => this.on.refused(problem));
  }

  soon() {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.draw();
    }, this.drawnOnce ? DRAW_MS : 0);
    this.drawnOnce = true;
  }

  draw() {
    const { view } = this;
    this.replay.update(this.history.at, view.row.wall);
    if (this.at === null) this.drawView(view);
    this.charts.forEach((chart) => chart.update(this.history));
    const now = performance.now();
    if (!this.listed || now - this.listed > LISTS_MS) {
      this.listed = now;
      this.lists();
    }
  }

  drawView(view) {
    this.panels.draw(view);
    this.whatIf.draw(view, this.at);
    const { row } = view;
    const text = pair(row.now) === pair(row.end) ? `${row.title}: ${pair(row.now)}`
      : `${row.title}: ${pair(row.end)} instead of ${pair(row.now)}. ${reason(row.reason)}`;
    if (this.at === null) announce(text);
  }

  lists() {
    const wall = this.view.row.wall;
    this.decisions.load(wall, this.at).then(() => this.charts.forEach((chart) => chart.redraw()),
        () => {});
    this.frontier.load(this.at).catch(() => {});
  }

  async shown(at) {
    this.at = at;
    const view = at === null ? this.view : await ask('service', { id: this.id, at });
    if (this.at !== at) return;
    this.drawView(view);
    this.charts.forEach((chart) => {
      chart.show(null);
      chart.redraw();
    });
    clearTimeout(this.later);
    this.later = setTimeout(() => this.lists(), DRAW_MS);
  }

  zoom(seconds_) {
    this.span = seconds_;
    this.spanButtons.forEach((button, i) =>
      button.setAttribute('aria-pressed', String(SPANS[i][1] === seconds_)));
    this.charts.forEach((chart) => chart.update(this.history));
  }

  destroy() {
    clearTimeout(this.timer);
    clearTimeout(this.later);
    this.replay.stop();
    this.close();
    this.charts.forEach((chart) => chart.destroy());
    this.frontier.destroy();
  }
}
