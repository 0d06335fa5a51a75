// What one cycle says, as panels.
import { el, figures, fill, panel } from './dom.js';
import { gpus, number, pair, quantity, rate, requests, seconds, share, signed, time, tokens }
  from './format.js';
import { badge } from './overview.js';
import { CONDUCT, FATES, LIMITS, PHASES, reason } from './words.js';

const STATES = [
  ['ready', 'serving'], ['starting', 'starting'], ['pending', 'waiting for GPUs'],
  ['draining', 'draining'], ['failed', 'failed'],
];

function headline(view) {
  const { row } = view;
  const same = pair(row.now) === pair(row.end);
  const ratio = (value, label) => el('span', { class: 'ratio' }, pair(value),
      el('small', {}, value ? `${label}, ${gpus(value.gpus)}` : label));
  const held = view.next?.held_by;
  return [
    el('div', { class: 'head' },
        el('h1', {}, row.title), badge(row.status),
        el('span', { class: 'soft' }, `${row.model} ${view.shape.precision} on ${row.gpu} by `
          + `${view.shape.engine}; prefill ${view.shape.prefill_parallel}, decode `
          + `${view.shape.decode_parallel}; ${CONDUCT[view.conduct] ?? view.conduct}`)),
    el('div', { class: 'head' },
        ratio(row.now, 'now'),
        same ? null : el('span', { class: 'arrow', 'aria-hidden': 'true' }, '→'),
        same ? null : ratio(row.end, 'recommended'),
        el('div', {},
            el('p', {}, el('strong', {}, `${reason(row.reason)}.`)),
            el('p', { class: 'soft' }, view.text),
            held && !same ? el('p', {}, `Not made yet: ${reason(held)}.`) : null,
            view.interlock ? el('p', { class: 'bad' }, `Blocked: ${view.interlock}`) : null,
            view.model?.past_saving ? el('p', { class: 'bad' }, view.model.past_saving) : null)),
  ].map((node) => node);
}

function bar(pool, budget) {
  const letter = pool.role === 'prefill' ? 'p' : 'd';
  const parts = STATES.map(([name, text]) => [name, text, pool[name]?.value ?? null])
      .filter(([, , count]) => count > 0);
  const stack = el('div', { class: 'stack', 'aria-hidden': 'true' });
  for (const [name, , count] of parts) {
    const box = el('span', { class: `${letter}-${name} ${name}` });
    box.style.width = `${100 * count * pool.gpus_per_replica / budget}%`;
    stack.append(box);
  }
  const [ready, why] = quantity(pool.ready, (value) => number(value));
  const said = why ? [ready, ` (${why})`]
    : parts.map(([, text, count]) =>
      `${number(count)} ${text} (${gpus(count * pool.gpus_per_replica)})`).join(', ') || 'none';
  return el('div', {}, el('h3', { class: pool.role },
      `${pool.role === 'prefill' ? 'Prefill' : 'Decode'}, ${gpus(pool.gpus_per_replica)} a replica`),
      stack, el('p', { class: 'small' }, said));
}

function fleet(view) {
  const { row } = view;
  return [
    el('p', {}, row.now ? `${row.now.gpus} of ${gpus(row.budget_gpus)} in the budget are commanded.`
      : 'The commanded replicas are unknown.'),
    view.pools.map((pool) => bar(pool, row.budget_gpus)),
    el('ul', { class: 'legend' },
        [['var(--prefill)', 'prefill serving'], ['var(--prefill-soft)', 'starting'],
          ['var(--decode)', 'decode serving'], ['var(--decode-soft)', 'starting']]
            .map(([colour, text]) => {
              const box = el('span', { class: 'swatch box' });
              box.style.background = colour;
              return el('li', {}, box, text);
            }),
        el('li', {}, el('span', { class: 'swatch box unknowns' }), 'draining')),
  ];
}

function traffic(view) {
  const { row, traffic: seen } = view;
  const [prefill, decode] = view.pools;
  const late = (reading, promised) => {
    const [text, why] = quantity(reading, seconds);
    const over = reading.value > promised;
    return [el('span', { class: over ? 'bad' : '' }, text, ` of ${seconds(promised)}`), why];
  };
  const p = `p${row.percentile}`;
  return figures([
    [seen.lower_bound ? 'Load, at least' : 'Load', ...quantity(seen.requests_per_second, rate)],
    ['Finished', ...quantity(seen.completed_per_second, rate)],
    ['ISL, mean', ...quantity(seen.input_tokens, tokens)],
    ['of it computed', ...quantity(seen.computed_input_tokens, tokens)],
    ['OSL, mean', ...quantity(seen.output_tokens, tokens)],
    [`TTFT at ${p}`, ...late(seen.ttft_seconds, row.ttft_promised_seconds)],
    ['TTFT, mean', ...quantity(seen.ttft_mean_seconds, seconds)],
    [`ITL at ${p}`, ...late(seen.itl_seconds, row.itl_promised_seconds)],
    ['ITL, mean', ...quantity(seen.itl_mean_seconds, seconds)],
    ['Waiting for prefill', ...quantity(prefill.queued_requests, requests)],
    ['Waiting for decode', ...quantity(decode.queued_requests, requests)],
    ['Waiting for KV memory', ...quantity(decode.waiting_for_kv, requests)],
    ['Running in decode', ...quantity(decode.running_requests, requests)],
    ['KV memory of decode in use', ...quantity(decode.kv_used_share, share)],
  ]);
}

function worth(model, role) {
  const added = model.now[`${role}_worth`];
  return [`One more ${role} replica`, `+${rate(added)}`];
}

function limit(view) {
  const { model } = view;
  if (!model) {
    return el('p', { class: 'unknown' },
        `Unknown: this cycle made no forecast (${reason(view.row.reason).toLowerCase()}).`);
  }
  const { now } = model;
  const growth = now.grow_above_per_second !== null && now.grow_to
    ? [pair(now.grow_to) === pair(now.pair) ? 'The budget is used up above'
      : `Above this, ${pair(now.grow_to)}`, rate(now.grow_above_per_second)] : null;
  const saving = now.shrink_below_per_second !== null && now.shrink_to
    ? [`Below this, ${pair(now.shrink_to)} is enough`, rate(now.shrink_below_per_second)] : null;
  return [
    el('p', {}, now.limit === 'none' ? `${pair(now.pair)} carries all of the planned demand.`
      : `${pair(now.pair)} is limited by ${LIMITS[now.limit] ?? now.limit}.`),
    figures([
      ['Expected load', rate(model.expected_per_second)],
      ['Planned demand, with margin', rate(model.demand_per_second)],
      [`${pair(now.pair)} carries within the targets`, rate(now.carried_per_second)],
      ['Share of the plan that it carries', share(now.served_share)],
      pair(model.end.pair) === pair(now.pair) ? null
        : [`${pair(model.end.pair)} carries within the targets`,
          rate(model.end.carried_per_second)],
      worth(model, 'prefill'),
      worth(model, 'decode'),
      growth,
      saving,
      ['Expected TTFT at the percentile', seconds(now.ttft_seconds)],
      ['Expected ITL, mean', seconds(now.itl_mean_seconds)],
      ['Confidence', model.confidence],
    ]),
    model.doubts.length ? el('ul', { class: 'notes' }, model.doubts.map((each) => el('li', {}, each)))
      : null,
  ];
}

function move(view) {
  const open = view.move;
  const { wall, at_seconds: at } = view.row;
  if (!open) return el('p', { class: 'soft' }, 'No move is in progress.');
  const steps = open.steps.map((step, i) => {
    const present = i === open.steps.length - 1;
    return el('li', { class: present ? 'now' : 'done', 'aria-current': present ? 'step' : null },
        `${PHASES[step.phase] ?? step.phase}, from ${time(step.at_seconds, wall)}`);
  });
  return [
    el('p', {}, `${pair(open.from)} → ${pair(open.to)}, began ${time(open.started_seconds, wall)}; `
      + `reverted unless complete in ${seconds(Math.max(0, open.deadline_seconds - at))}.`),
    el('ol', { class: 'steps' }, steps,
        el('li', {}, `${PHASES.DONE}: ${pair(open.to)} serves`)),
  ];
}

export function promised(name, value, unit) {
  const shown = (x) => (x === null ? 'unknown' : unit(x));
  const error = value.error === null ? '' : ` (${signed(value.error)})`;
  return [name, value.promised === null && value.measured === null ? 'not measured'
    : `${shown(value.promised)} promised, ${shown(value.measured)} measured${error}`];
}

export function effect(last) {
  return figures([
    ['The recommendation was', FATES[last.fate] ?? last.fate],
    promised('Finished', last.served, rate),
    promised('TTFT, mean', last.ttft, seconds),
    promised('ITL, mean', last.itl, seconds),
    ['Requests in windows that missed the targets',
      last.late_share === null ? 'unknown' : share(last.late_share)],
    ['Measured over', `${number(last.windows)} windows`],
  ]);
}

function ledger(view) {
  const { ledger: books } = view;
  const { wall } = view.row;
  const median = (value) => (value.median === null ? 'not measured yet'
    : `${share(value.median)} (of ${number(value.of)})`);
  return [
    el('p', {}, `${number(books.settled)} recommendations measured since `
      + `${time(books.since_seconds, wall)}. Median error of the predictions:`),
    figures([
      ['Requests finished', median(books.served)],
      ['TTFT, mean', median(books.ttft)],
      ['ITL, mean', median(books.itl)],
    ]),
    books.last ? el('h3', {}, `The latest, of ${time(books.last_at_seconds, wall)}`) : null,
    books.last ? effect(books.last) : null,
  ];
}

// The panels in the order of the page; each is filled anew with every cycle.
export class Panels {
  constructor() {
    this.head = el('section', { class: 'panel big', 'aria-label': 'Service' });
    this.parts = [
      [panel('GPUs by role and state', 'gpus'), fleet],
      [panel('Traffic and latency', 'traffic'), traffic],
      [panel('What limits it, and what more is worth', 'limit'), limit],
      [panel('Open move', 'move'), move],
      [panel('Predictions and results', 'ledger'), ledger],
    ];
    this.notes = panel('Notes', 'notes', 'wide');
  }

  part(id) {
    return this.parts.find(([each]) => each.node.getAttribute('aria-labelledby') === id)[0].node;
  }

  draw(view) {
    fill(this.head, ...headline(view));
    for (const [{ body }, of] of this.parts) {
      const made = of(view);
      fill(body, ...(Array.isArray(made) ? made.flat() : [made]));
    }
    this.notes.node.hidden = view.notes.length === 0;
    fill(this.notes.body, el('ul', { class: 'notes' }, view.notes.map((each) => el('li', {}, each))));
  }
}
