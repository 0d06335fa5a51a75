// Charts over time. What is unknown is hatched, never a line; a table stands beside each picture.
import { el } from './dom.js';
import { number, time } from './format.js';
import { colour, onTheme } from './theme.js';

const HEIGHT = 170;
const MINUTE = 60;
// Round steps of time: minutes, then hours.
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440].map((n) => n * MINUTE);
const ROWS_MAX = 60;
const LOG_STEP = 10;

function hatch(context, left, top, width, height) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = colour('unknown');
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  for (let x = left - height; x < left + width; x += 7) {
    context.beginPath();
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
    context.stroke();
  }
  context.restore();
}

// Spans in which every series that is measured is unknown.
function gaps(data, measured) {
  const spans = [];
  const at = data[0];
  for (let i = 0; i < at.length; i++) {
    const unknown = measured.every((s) => data[s][i] === null);
    if (!unknown) continue;
    const from = i === 0 ? at[0] : at[i - 1];
    const to = i === at.length - 1 ? at[i] : at[i + 1];
    const last = spans[spans.length - 1];
    if (last && from <= last[1]) last[1] = to;
    else spans.push([from, to]);
  }
  return spans;
}

// Of a scale by sizes only whole powers of ten have a line.
function decades(axis) {
  const filter = (plot, ticks) => ticks.map((value) =>
    (value > 0 && Number.isInteger(Math.round(1e6 * Math.log10(value)) / 1e6) ? value : null));
  return { filter, grid: { ...axis.grid, filter }, ticks: { ...axis.ticks, filter } };
}

export class Chart {
  // spec: title, unit (formats a value), log, series of {label, column, of, colour, dash, width,
  // step, measured}
  constructor(spec, shared) {
    this.spec = spec;
    this.shared = shared;
    this.values = spec.series.map(() => el('b', {}));
    this.box = el('div', { class: 'chart', role: 'img', 'aria-label': spec.title });
    this.table = el('div', { class: 'scroll', tabindex: '0', role: 'region',
      'aria-label': `${spec.title}, as a table` });
    this.details = el('details', { ontoggle: () => this.tabulate() },
        el('summary', {}, 'As a table'), this.table);
    this.hatched = el('li', {}, el('span', { class: 'swatch box unknowns' }), 'unknown');
    const id = `chart-${spec.id}`;
    this.node = el('section', { class: `panel ${spec.class ?? ''}`, 'aria-labelledby': id },
        el('h2', { id }, spec.title), this.box, this.legend(), this.details);
    this.data = null;
    this.stop = onTheme(() => this.build());
    this.resize = new ResizeObserver(() => this.fit());
    this.resize.observe(this.box);
  }

  legend() {
    const swatches = this.spec.series.map((series, i) => {
      const mark = el('span',
          { class: `swatch ${series.dash ? 'dash' : ''} ${series.width === 1 ? 'thin' : ''}` });
      mark.style.borderTopColor = `var(--${series.colour})`;
      return el('li', {}, mark, `${series.label} `, this.values[i]);
    });
    const change = el('span', { class: 'swatch box' });
    change.style.background = 'var(--mark)';
    change.style.width = '2px';
    return el('ul', { class: 'legend' }, swatches, el('li', {}, change, 'change'), this.hatched);
  }

  update(history) {
    const { columns } = history;
    this.history = history;
    this.data = [history.at, ...this.spec.series.map((series) =>
      (series.of ? series.of(columns) : columns[series.column]).map((value) =>
        (value === null || (this.spec.log && value <= 0) ? null : value)))];
    const measured = this.spec.series.flatMap((series, i) => (series.measured ? [i + 1] : []));
    this.spans = gaps(this.data, measured);
    this.hatched.hidden = this.spans.length === 0;
    if (this.plot) this.plot.setData(this.data);
    else this.build();
    this.show(null);
    if (this.details.open) this.tabulate();
  }

  build() {
    if (!this.data || !this.box.isConnected) return;
    this.plot?.destroy();
    this.plot = new uPlot(this.options(), this.data, this.box);
  }

  fit() {
    if (!this.plot) this.build();
    else if (this.box.clientWidth > 0) {
      this.plot.setSize({ width: this.box.clientWidth, height: HEIGHT });
    }
  }

  options() {
    const { spec, shared } = this;
    const axis = { stroke: colour('soft'), grid: { stroke: colour('grid'), width: 1 },
      ticks: { stroke: colour('grid'), width: 1 }, font: '11px system-ui, sans-serif' };
    return {
      padding: [6, 20, 0, 0],
      width: this.box.clientWidth || 320,
      height: HEIGHT,
      legend: { show: false },
      cursor: { sync: { key: 'time' }, drag: { x: true, y: false }, points: { size: 6 } },
      scales: {
        x: { time: false, range: (plot, least, most) => shared.range(least, most) },
        y: spec.log
          ? { distr: 3, log: LOG_STEP,
            range: (plot, least, most) => (least === null ? [0.001, 1]
              : uPlot.rangeLog(least, most, LOG_STEP, true)) }
          : { range: (plot, least, most) => [0, uPlot.rangeNum(0, Math.max(most, spec.least ?? 0) || 1,
              0.08, true)[1]] },
      },
      axes: [
        { ...axis, incrs: STEPS, space: 60, size: 30,
          values: (plot, ticks) => ticks.map((at) => time(at, shared.wall(), false)) },
        { ...axis, ...(spec.log ? decades(axis) : {}), size: 62, space: 28,
          values: (plot, ticks) => ticks.map((value) => (value === null ? '' : spec.tick(value))) },
      ],
      series: [{}, ...spec.series.map((series) => ({
        label: series.label,
        stroke: colour(series.colour),
        width: series.width ?? 2,
        dash: series.dash ? [5, 4] : undefined,
        points: { show: false },
        spanGaps: false,
        paths: series.step ? uPlot.paths.stepped({ align: 1 }) : undefined,
      }))],
      hooks: {
        drawAxes: [(plot) => this.marks(plot)],
        setCursor: [(plot) => this.show(plot.cursor.idx)],
      },
    };
  }

  marks(plot) {
    const { ctx, bbox } = plot;
    for (const [from, to] of this.spans ?? []) {
      const left = Math.max(bbox.left, plot.valToPos(from, 'x', true));
      const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, 'x', true));
      if (right > left) hatch(ctx, left, bbox.top, right - left, bbox.height);
    }
    const line = (at, name, width) => {
      const x = plot.valToPos(at, 'x', true);
      if (x < bbox.left || x > bbox.left + bbox.width) return;
      ctx.save();
      ctx.globalAlpha = 0.6;
      ctx.fillStyle = colour(name);
      ctx.fillRect(x, bbox.top, width, bbox.height);
      ctx.restore();
    };
    this.shared.changes().forEach((at) => line(at, 'mark', 1));
    const at = this.shared.at();
    if (at !== null) line(at, 'ink', 2);
  }

  // The figures under the pointer, or the newest.
  show(index) {
    if (!this.data) return;
    const i = index ?? this.shared.index(this.data[0]);
    const texts = this.spec.series.map((series, s) => {
      if (i < 0) return '';
      const value = this.data[s + 1][i];
      return value === null || value === undefined ? 'unknown' : this.spec.unit(value);
    });
    texts.forEach((text, s) => { this.values[s].textContent = text; });
    const said = this.spec.series.map((series, s) => `${series.label} ${texts[s]}`).join(', ');
    this.box.setAttribute('aria-label', `${this.spec.title}: ${said}`);
    this.hatched.title = this.history?.why[i] ?? '';
  }

  tabulate() {
    if (!this.details.open || !this.data) return;
    const at = this.data[0];
    const step = Math.max(1, Math.ceil(at.length / ROWS_MAX));
    const rows = [];
    for (let i = at.length - 1; i >= 0; i -= step) {
      rows.push(el('tr', {}, el('td', {}, time(at[i], this.shared.wall())),
          this.spec.series.map((series, s) => {
            const value = this.data[s + 1][i];
            return el('td', { class: 'n' }, value === null ? 'unknown' : this.spec.unit(value));
          })));
    }
    this.table.replaceChildren(el('table', {},
        el('caption', {}, `${number(rows.length)} of ${number(at.length)} points, newest first`),
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'time'),
            this.spec.series.map((s) => el('th', { scope: 'col', class: 'n' }, s.label)))),
        el('tbody', {}, rows)));
  }

  redraw() {
    this.plot?.redraw(false, true);
  }

  destroy() {
    this.stop();
    this.resize.disconnect();
    this.plot?.destroy();
  }
}
