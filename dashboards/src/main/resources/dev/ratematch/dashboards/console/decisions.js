// Decisions, newest first; one opens with what was weighed, what checked it and what came of it.
import { cell, el, fill, figures, panel } from './dom.js';
import { moment, number, pair, rate, seconds, share, time } from './format.js';
import { effect } from './panels.js';
import { ask } from './store.js';
import { AS, LIMITS, reason } from './words.js';

function way(decision) {
  const from = pair(decision.from);
  const to = pair(decision.to);
  return from === to ? to : `${from} → ${to}`;
}

function outcome(decision) {
  const { promised, effect: came } = decision;
  if (came && came.served.promised !== null) {
    return `${rate(came.served.promised)} promised, ${rate(came.served.measured)} measured`;
  }
  if (!decision.changes || !promised) return '–';
  return `carries ${rate(promised.carried_per_second)}; effect not measured yet`;
}

function weighed(decision) {
  return el('section', { 'aria-labelledby': 'weighed' }, el('h3', { id: 'weighed' }, 'Weighed'),
      el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Ratios compared' },
      el('table', {},
          el('thead', {}, el('tr', {}, ['', 'Ratio', 'GPUs', 'Carries of the plan',
            'Carries of the load'].map((name, i) =>
            (name ? el('th', { scope: 'col', class: i > 1 ? 'n' : '' }, name) : el('td', {}))))),
          el('tbody', {}, decision.candidates.map((each) => el('tr', {},
              el('th', { scope: 'row' }, AS[each.as] ?? each.as),
              el('td', {}, pair(each.pair)), el('td', { class: 'n' }, number(each.pair.gpus)),
              el('td', { class: 'n' }, share(each.served_share)),
              el('td', { class: 'n' }, share(each.served_bare_share))))))));
}

function check(each) {
  const figures_ = each.figures.map((f) =>
    `${f.name.replaceAll('_', ' ')} ${number(f.value, Number.isInteger(f.value) ? 0 : 2)}`);
  return el('li', {}, each.holds ? `${reason(each.guard)}. ${each.text}`
    : each.guard.toLowerCase().replaceAll('_', ' '),
  figures_.length ? el('span', { class: 'small' }, ` (${figures_.join(', ')})`) : null);
}

// What held a change is said in words; what let it pass is there for whoever wants to know.
function checks(decision) {
  const held = decision.checks.filter((each) => each.holds);
  const passed = decision.checks.filter((each) => !each.holds);
  return el('section', { 'aria-labelledby': 'checks' },
      el('h3', { id: 'checks' }, held.length ? 'Checks: held back' : 'Checks: nothing held it back'),
      held.length ? el('ul', { class: 'notes' }, held.map(check)) : null,
      passed.length ? el('details', {}, el('summary', {}, `${number(passed.length)} checks passed`),
          el('ul', { class: 'notes' }, passed.map(check))) : null);
}

function forecast(promised) {
  return figures([
    ['Carries within the targets', rate(promised.carried_per_second)],
    ['Share of the plan', share(promised.served_share)],
    ['TTFT at the percentile', seconds(promised.ttft_seconds)],
    ['ITL, mean', seconds(promised.itl_mean_seconds)],
    ['Limited by', LIMITS[promised.limit] ?? promised.limit],
  ]);
}

export class Decisions {
  constructor(id) {
    this.id = id;
    this.panel = panel('Decisions', 'decisions', 'wide');
    this.rows = el('tbody');
    this.changesOnly = el('button', { type: 'button', 'aria-pressed': 'false',
      onclick: () => this.toggle() }, 'Changes only');
    this.dialog = el('dialog', { 'aria-labelledby': 'decision-title' });
    fill(this.panel.body, this.changesOnly,
        el('div', { class: 'scroll cards-box', tabindex: '0', role: 'region',
          'aria-label': 'List of decisions' },
        el('table', { class: 'cards compact' },
            el('thead', {}, el('tr', {}, ['Time', 'Decision', 'Ratio', 'For', 'Predicted and measured']
                .map((name) => el('th', { scope: 'col' }, name)))), this.rows)),
        this.dialog);
    this.all = [];
    this.drawn = '';
  }

  get node() {
    return this.panel.node;
  }

  toggle() {
    const only = this.changesOnly.getAttribute('aria-pressed') !== 'true';
    this.changesOnly.setAttribute('aria-pressed', String(only));
    this.drawn = '';
    this.draw();
  }

  // Moments of changes, for the charts.
  changes() {
    return this.all.filter((each) => each.changes).map((each) => each.at_seconds);
  }

  async load(wall, until) {
    this.wall = wall;
    const all = await ask('decisions', { id: this.id });
    this.all = until === null ? all : all.filter((each) => each.at_seconds <= until);
    this.draw();
  }

  draw() {
    const text = JSON.stringify(this.all);
    if (text === this.drawn) return;
    this.drawn = text;
    const only = this.changesOnly.getAttribute('aria-pressed') === 'true';
    fill(this.rows, this.all.filter((each) => each.changes || !only).map((each) => this.row(each)));
  }

  row(each) {
    const open = el('button', { type: 'button', class: 'plain', 'data-key': `d${each.number}`,
      onclick: () => this.open(each.number) }, `${reason(each.reason)}`);
    return el('tr', {},
        cell('Time', el('span', { class: 'number' }, time(each.at_seconds, this.wall))),
        cell('Decision', open),
        cell('Ratio', el('span', { class: 'number' }, way(each))),
        cell('For', `${number(each.cycles)} ${each.cycles === 1 ? 'cycle' : 'cycles'}`),
        cell('Predicted and measured', outcome(each)));
  }

  async open(number_) {
    const decision = await ask('decision', { id: this.id, number: number_ });
    const close = el('button', { type: 'button', onclick: () => this.dialog.close() }, 'Close');
    fill(this.dialog,
        el('header', {}, el('h2', { id: 'decision-title' }, `${reason(decision.reason)}: `
          + way(decision)), close),
        el('p', { class: 'soft' }, moment(decision.at_seconds, this.wall)),
        el('p', {}, decision.text),
        decision.promised ? el('section', { 'aria-labelledby': 'promise' },
            el('h3', { id: 'promise' }, `Model forecast for ${pair(decision.to)}`),
            forecast(decision.promised)) : null,
        el('section', { 'aria-labelledby': 'effect' },
            el('h3', { id: 'effect' }, 'Effect, for the actual traffic'),
            decision.effect ? effect(decision.effect)
              : el('p', { class: 'soft' }, 'Not measured: the fleet has not been as recommended '
                + 'for a whole window yet, or nothing was recommended.')),
        decision.candidates.length ? weighed(decision) : null,
        decision.checks.length ? checks(decision) : null);
    this.dialog.showModal();
  }
}
