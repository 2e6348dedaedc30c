// The script of the report page: draws the plots with uPlot, reads them out by keyboard, and writes each as a table.

import UPlot from 'uplot';
import type { Story } from '../../campaign/story.ts';

interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

interface Drawn {
  readonly id: string;
  readonly x: string;
  readonly lines: readonly Line[];
}

const story: Story = JSON.parse(document.getElementById('story')?.textContent ?? '{}');

/** Beside its colour each line has a stroke of its own. */
const DASHES: readonly (readonly number[])[] = [[], [8, 5], [2, 4], [12, 4, 2, 4]];
const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
/** light-dark() is resolved by the browser only where a colour is used. */
function resolved(name: string): string {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = `var(${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color || colour(name);
}

const ofProfiles = (of: (point: Story['profiles'][number]['curve'][number]) => number): Line[] =>
  story.profiles
    .filter(({ curve }) => curve.length > 0)
    .map(({ profile, curve }) => ({ name: profile, points: curve.map((p) => [p.commands, of(p)] as const) }));

const drawings: readonly Drawn[] = [
  {
    id: 'progress',
    x: 's',
    lines: [{ name: 'jobs', points: story.moments.map((m) => [m.seconds, m.jobs] as const) }],
  },
  {
    id: 'rate',
    x: 's',
    lines: [{ name: 'commands/s', points: story.moments.slice(1).map((m) => [m.seconds, m.rate] as const) }],
  },
  { id: 'states', x: 'commands', lines: ofProfiles((p) => p.states) },
  { id: 'paths', x: 'commands', lines: ofProfiles((p) => p.paths) },
  { id: 'branches', x: 'commands', lines: ofProfiles((p) => p.branches) },
  { id: 'unseen', x: 'commands', lines: ofProfiles((p) => p.unseen * 100) },
];

const many = (n: number): string => n.toLocaleString('en', { maximumFractionDigits: 2 });
const short = (n: number): string => n.toLocaleString('en', { notation: 'compact' });

/** All lines over the union of their places; where a line has no point there is none, and it is drawn across. */
function table(lines: readonly Line[]): [number[], ...(number | null)[][]] {
  const xs = [...new Set(lines.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const columns = lines.map(({ points }) => {
    const at = new Map(points);
    return xs.map((x) => at.get(x) ?? null);
  });
  return [xs, ...columns];
}

function draw({ id, x, lines }: Drawn): void {
  const figure = document.getElementById(`plot-${id}`);
  const stage = figure?.querySelector<HTMLElement>('.stage');
  if (!figure || !stage) return;
  const data = table(lines);
  if (data[0].length === 0) {
    stage.textContent = 'nothing to draw';
    return;
  }
  const axis = { stroke: () => resolved('--ink'), grid: { stroke: () => resolved('--line'), width: 1 } };
  const plot = new UPlot(
    {
      width: stage.clientWidth,
      height: 240,
      legend: { show: false },
      cursor: { drag: { x: false, y: false } },
      scales: { x: { time: false }, y: { range: (_u, _low, high) => [0, (high || 1) * 1.05] } },
      axes: [
        { ...axis, label: x, labelSize: 20, values: (_u, ticks) => ticks.map(short) },
        { ...axis, size: 56, values: (_u, ticks) => ticks.map(short) },
      ],
      series: [
        {},
        ...lines.map(({ name }, i) => ({
          label: name,
          stroke: () => resolved(`--own${i % 6}`),
          dash: [...DASHES[i % DASHES.length]],
          width: 2,
          spanGaps: true,
          points: { show: data[0].length === 1 },
        })),
      ],
      hooks: { setCursor: [(u) => read(u.cursor.idx ?? null)] },
    },
    data as UPlot.AlignedData,
    stage,
  );

  const output = figure.querySelector('output');
  function read(at: number | null): void {
    if (!output || at === null) return;
    const values = lines.flatMap(({ name }, i) => {
      const y = data[i + 1][at];
      return typeof y === 'number' ? [`${name} ${many(y)}`] : [];
    });
    output.textContent = `${many(data[0][at])} ${x}: ${values.join('; ')}`;
  }

  let at = data[0].length - 1;
  stage.addEventListener('keydown', (event) => {
    const last = data[0].length - 1;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    at = Math.min(Math.max(to, 0), last);
    plot.setCursor({ left: plot.valToPos(data[0][at], 'x'), top: 10 }, false);
    read(at);
  });
  new ResizeObserver(() => plot.setSize({ width: stage.clientWidth, height: 240 })).observe(stage);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw(false));
  legend(figure, lines);
  asTable(figure, x, lines, data);
}

function legend(figure: HTMLElement, lines: readonly Line[]): void {
  const list = figure.querySelector('.legend');
  lines.forEach(({ name }, i) => {
    const item = document.createElement('li');
    const dash = DASHES[i % DASHES.length].join(' ') || 'none';
    item.innerHTML = `<svg viewBox="0 0 48 10" aria-hidden="true"><path d="M0 5H48" stroke="var(--own${i % 6})" stroke-width="2" stroke-dasharray="${dash}"/></svg> `;
    item.append(name);
    list?.append(item);
  });
}

const ROWS = 12;

function asTable(
  figure: HTMLElement,
  x: string,
  lines: readonly Line[],
  data: ReturnType<typeof table>,
): void {
  const [xs, ...columns] = data;
  const every = Math.max(1, Math.ceil(xs.length / ROWS));
  const cell = (tag: string, text: string) => {
    const one = document.createElement(tag);
    one.textContent = text;
    if (tag === 'th') one.setAttribute('scope', 'col');
    return one;
  };
  const rows = document.createElement('table');
  const headRow = rows.createTHead().insertRow();
  headRow.append(cell('th', x), ...lines.map(({ name }) => cell('th', name)));
  const body = rows.createTBody();
  xs.forEach((place, k) => {
    if (k % every !== 0 && k !== xs.length - 1) return;
    const values = columns.map((column) => column[k]);
    body
      .insertRow()
      .append(
        cell('td', many(place)),
        ...values.map((y) => cell('td', typeof y === 'number' ? many(y) : '')),
      );
  });
  figure.querySelector('.table')?.append(rows);
}

for (const one of drawings) draw(one);
