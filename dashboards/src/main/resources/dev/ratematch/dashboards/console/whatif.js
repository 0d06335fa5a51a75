// What would another promise, budget or load need? The server plans as decisions are planned.
import { el, figures, fill, panel } from './dom.js';
import { gpus, number, pair, rate, seconds, share, tokens } from './format.js';
import { ask } from './store.js';
import { LIMITS } from './words.js';

const FIELDS = [
  ['ttft_ms', 'TTFT promise, ms', (view) => 1000 * view.row.ttft_promised_seconds],
  ['itl_ms', 'ITL promise, ms', (view) => 1000 * view.row.itl_promised_seconds],
  ['gpus', 'Budget, GPUs', (view) => view.row.budget_gpus],
  ['requests_per_s', 'Load, req/s', (view) => view.model?.expected_per_second],
  ['isl', 'ISL, tokens', (view) => view.model?.input_tokens],
  ['osl', 'OSL, tokens', (view) => view.model?.output_tokens],
];

const shown = (value) => (value === undefined || value === null ? 'please give'
  : `now ${number(value, value < 10 && !Number.isInteger(value) ? 2 : 0)}`);

export class WhatIf {
  constructor(id) {
    this.id = id;
    this.panel = panel('What if', 'whatif');
    this.inputs = new Map();
    const labels = FIELDS.map(([name, text]) => {
      const input = el('input', { id: `q-${name}`, name, inputmode: 'decimal', type: 'text',
        autocomplete: 'off' });
      this.inputs.set(name, input);
      return el('div', {}, el('label', { for: `q-${name}` }, text), input);
    });
    this.answer = el('div', { role: 'status' });
    fill(this.panel.body,
        el('p', { class: 'soft' }, 'Leave a field empty to keep it as it is. The answer is the '
          + 'smallest fleet that carries the load with the usual margin; nothing is changed by '
          + 'asking.'),
        el('form', { class: 'form', onsubmit: (event) => this.ask(event) }, labels,
            el('button', { type: 'submit' }, 'Plan')), this.answer);
    this.at = null;
  }

  get node() {
    return this.panel.node;
  }

  // What a field stands for when it is empty.
  draw(view, at) {
    this.at = at;
    for (const [name, , now] of FIELDS) {
      this.inputs.get(name).placeholder = shown(now(view));
    }
  }

  async ask(event) {
    event.preventDefault();
    const given = Object.fromEntries([...this.inputs].map(([name, input]) =>
      [name, input.value.trim().replaceAll(',', '')]));
    try {
      this.tell(await ask('what-if', { id: this.id, at: this.at, ...given }));
    } catch (problem) {
      fill(this.answer, el('p', { class: 'bad' }, problem.message));
    }
  }

  tell(plan) {
    const enough = plan.served_share >= 1;
    fill(this.answer,
        el('p', {}, el('strong', {}, `${pair(plan.pair)} on ${gpus(plan.pair.gpus)}`),
            plan.unreachable ? ' is sized for throughput only.'
              : enough ? ' carries it.' : ` carries ${share(plan.served_share)} of it; the limit is `
              + `${LIMITS[plan.limit] ?? plan.limit}.`),
        plan.unreachable ? el('p', { class: 'bad' }, 'No replica count meets these targets: a single '
          + 'request alone exceeds them.') : null,
        figures([
          ['For', `${rate(plan.requests_per_second)}, ISL ${tokens(plan.input_tokens)}, OSL `
            + tokens(plan.output_tokens)],
          ['Planned demand, with margin', rate(plan.demand_per_second)],
          ['Carries within the targets', rate(plan.carried_per_second)],
          [`Expected TTFT at p${plan.percentile}`, `${seconds(plan.ttft_seconds)} of `
            + seconds(plan.ttft_promised_seconds)],
          ['Expected ITL, mean', `${seconds(plan.itl_mean_seconds)} of `
            + seconds(plan.itl_promised_seconds)],
          ['Budget', gpus(plan.budget_gpus)],
          ['Solved in', `${number(plan.took_millis, 1)} ms`],
        ]));
  }
}
