// A report: cards, charts over one axis of time, curves, tables. Data only; see ReportPage.java.
const report = JSON.parse(document.getElementById('report').textContent);
const UNITS = { RATE: rate, SECONDS: seconds, SHARE: share, GPUS: gpus,
  REPLICAS: (value) => number(value) };
const CURVE_HEIGHT = 340;

function card({ value, label, note }) {
  return el('section', { class: 'panel' }, el('div', { class: 'figure' }, value),
      el('div', {}, label), note ? el('div', { class: 'soft small' }, note) : null);
}

function timeline(each) {
  const unit = UNITS[each.unit];
  const shared = {
    range: (least, most) => [Math.min(0, least), most],
    wall: () => false,
    changes: () => each.changes,
    at: () => null,
    // Where no pointer is, no window is meant.
    index: () => -1,
  };
  const chart = new Chart({
    id: each.id,
    title: each.title,
    class: 'half',
    unit,
    tick: each.unit === 'RATE' ? (value) => number(value, value < 10 && value % 1 ? 1 : 0) : unit,
    log: each.log,
    series: each.series.map((series) => ({ label: series.label, column: series.label,
      colour: series.colour, dash: series.dashed, width: series.dashed ? 1.5 : 2,
      step: series.stepped, measured: !series.dashed })),
  }, shared);
  if (each.changes.length === 0) chart.node.querySelector('.swatch.box').parentNode.remove();
  if (each.note) chart.node.append(el('p', { class: 'small soft' }, each.note));
  return { chart, history: { at: each.at_seconds, why: [],
    columns: Object.fromEntries(each.series.map((series) => [series.label, series.values])) } };
}

// Curves have points of their own each; where the pointer is, the nearest of every curve is shown.
class CurveChart {
  constructor(spec) {
    this.spec = spec;
    this.at = [...new Set(spec.curves.flatMap((curve) => curve.points.map(([x]) => x)))]
        .sort((a, b) => a - b);
    this.data = [this.at, ...spec.curves.map((curve) => {
      const of = new Map(curve.points);
      return this.at.map((x) => of.get(x) ?? null);
    })];
    this.values = spec.curves.map(() => el('b', {}));
    this.box = el('div', { class: 'chart', role: 'img', 'aria-label': spec.title });
    const id = `chart-${spec.id}`;
    this.node = el('section', { class: 'panel wide', 'aria-labelledby': id },
        el('h2', { id }, spec.title), this.box,
        el('ul', { class: 'legend' }, spec.curves.map((curve, i) => {
          const single = curve.points.length === 1;
          const mark = el('span', { class: `swatch ${single ? 'box' : curve.dashed ? 'dash' : ''}` });
          if (single) mark.style.background = `var(--${curve.colour})`;
          mark.style.borderTopColor = `var(--${curve.colour})`;
          return el('li', {}, mark, `${curve.label} `, this.values[i]);
        })), this.tables());
    onTheme(() => this.build());
    new ResizeObserver(() => this.fit()).observe(this.box);
  }

  tables() {
    return el('details', {}, el('summary', {}, 'As a table'),
        el('div', { class: 'scroll', tabindex: '0', role: 'region',
          'aria-label': `${this.spec.title}, as a table` },
        el('table', {}, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'curve'),
            el('th', { scope: 'col' }, this.spec.x), el('th', { scope: 'col' }, this.spec.y))),
        el('tbody', {}, this.spec.curves.flatMap((curve) => curve.points.map(([x, y]) =>
          el('tr', {}, el('td', {}, curve.label), el('td', {}, number(x, 1)),
              el('td', {}, number(y, 1)))))))));
  }

  fit() {
    if (!this.plot) this.build();
    else this.plot.setSize({ width: this.box.clientWidth, height: CURVE_HEIGHT });
  }

  build() {
    if (!this.box.isConnected || this.box.clientWidth === 0) return;
    this.plot?.destroy();
    const axis = { stroke: colour('soft'), grid: { stroke: colour('grid'), width: 1 },
      ticks: { stroke: colour('grid'), width: 1 }, font: '11px system-ui, sans-serif',
      labelFont: '12px system-ui, sans-serif' };
    const whole = (plot, ticks) => ticks.map((value) => number(value, value % 1 ? 1 : 0));
    const least = (plot, from, to) => [0, uPlot.rangeNum(0, to || 1, 0.08, true)[1]];
    this.plot = new uPlot({
      width: this.box.clientWidth,
      height: CURVE_HEIGHT,
      padding: [8, 20, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: true, y: true } },
      scales: { x: { time: false, range: least }, y: { range: least } },
      axes: [{ ...axis, label: this.spec.x, values: whole },
        { ...axis, label: this.spec.y, values: whole, size: 70 }],
      series: [{}, ...this.spec.curves.map((curve) => ({
        stroke: colour(curve.colour),
        width: curve.points.length === 1 ? 0 : 2,
        dash: curve.dashed ? [5, 4] : undefined,
        spanGaps: true,
        points: { show: curve.points.length === 1, size: 12, fill: colour(curve.colour) },
      }))],
      hooks: { setCursor: [(plot) => this.show(plot.cursor.idx)] },
    }, this.data, this.box);
    this.show(null);
  }

  show(index) {
    this.spec.curves.forEach((curve, i) => {
      const x = index === null || index === undefined ? null : this.at[index];
      const nearest = curve.points.length === 1 || x === null ? curve.points[0]
        : curve.points.reduce((a, b) => (Math.abs(b[0] - x) < Math.abs(a[0] - x) ? b : a));
      const shown = curve.points.length === 1 || (x !== null && !curve.dashed);
      const [right, up] = [this.spec.x, this.spec.y].map((name) => name.split(', ').pop());
      this.values[i].textContent = shown
        ? `${number(nearest[0], 1)} ${right}, ${number(nearest[1])} ${up}` : '';
    });
  }
}

function figuresTable({ columns, rows }) {
  return el('section', { class: 'panel' }, el('div', { class: 'scroll', tabindex: '0',
    role: 'region', 'aria-label': 'All figures' }, el('table', {},
      el('thead', {}, el('tr', {}, columns.map((name) => el('th', { scope: 'col' }, name)))),
      el('tbody', {}, rows.map((row) => el('tr', {}, row.map((value) => el('td', {}, value))))))));
}

const lines = report.timelines.map(timeline);
const curves = report.curves.map((each) => new CurveChart(each));
fill(document.getElementById('main'),
    el('div', { class: 'facts' }, report.facts.map((fact) => el('p', {}, fact))),
    el('div', { class: 'grid report-cards' }, report.cards.map(card)),
    lines.length ? el('p', { class: 'soft small' },
        'Drag across a chart to zoom, double-click to undo; the pointer shows the values.') : null,
    el('div', { class: 'grid' }, lines.map((line) => line.chart.node),
        curves.map((each) => each.node)),
    report.table ? figuresTable(report.table) : null,
    report.lists.map(({ title, items }) => el('section', { class: 'panel' }, el('details', {},
        el('summary', {}, title),
        el('ol', { class: 'listing' }, items.map((item) => el('li', {}, item)))))),
    report.text ? el('section', { class: 'panel' }, el('details', { open: true },
        el('summary', {}, 'As the terminal shows it'), el('pre', { tabindex: '0' }, report.text)))
      : null);
themes();
lines.forEach(({ chart, history }) => chart.update(history));
curves.forEach((each) => each.build());
