/**
 * One chart over the seconds of a drill, as inline SVG: a guide line, the measured series, and the faults as
 * bands behind them. Pure. Every second carries its figures as a tooltip, so no script is needed.
 *
 *    title    -- planned  ## acknowledged
 *    max |    [1]  [2]
 *        |   ######  ##
 *      0 +-----------------  0:00 .. m:ss
 */
import { clock } from './format.js';
import { escapeHtml } from './html-text.js';
import { FRAMES, type Frame, fixed, roundStep } from './svg.js';

export interface ChartSeries {
  readonly name: string;
  readonly kind: 'area' | 'line' | 'guide';
  /** One value a second; null where there is none. */
  readonly values: readonly (number | null)[];
}

export interface ChartBand {
  /** A recovery stands beside its fault, paler and without a label of its own; a pause of the load has no number. */
  readonly kind: 'fault' | 'recovery' | 'pause';
  readonly label: string;
  readonly title: string;
  readonly fromS: number;
  readonly toS: number;
}

export interface ChartOptions {
  readonly title: string;
  readonly series: readonly ChartSeries[];
  readonly bands: readonly ChartBand[];
  /** On a log scale, zeros are gaps. */
  readonly scale: 'linear' | 'log';
  readonly format: (value: number) => string;
}

const HEIGHT = 240;
const PLOT = { top: 26, bottom: 214 } as const;

/** What was counted over a second is drawn at its middle. */
const MIDDLE = 0.5;

interface Axes {
  readonly frame: Frame;
  readonly x: (second: number) => number;
  /** Undefined where the scale cannot show the value. */
  readonly y: (value: number) => number | undefined;
  readonly ticks: readonly number[];
  readonly seconds: number;
}

export function timeChart(options: ChartOptions): string {
  const legend = options.series.map(
    ({ name, kind }) => `<span class="legend ${kind}">${escapeHtml(name)}</span>`,
  );
  return [
    '<figure>',
    `<figcaption><b>${escapeHtml(options.title)}</b>${legend.join('')}</figcaption>`,
    ...FRAMES.map((frame) => svg(options, axesOf(options, frame))),
    '</figure>',
  ].join('\n');
}

function svg(options: ChartOptions, axes: Axes): string {
  const { name, width } = axes.frame;
  const label = escapeHtml(options.title);
  return [
    `<svg class="${name}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${label}">`,
    ...options.bands.map((band) => bandSvg(band, axes)),
    ...gridSvg(options, axes),
    ...timeAxisSvg(axes),
    ...options.series.map((series) => seriesSvg(series, axes)),
    // A phone has nothing to point with.
    ...(name === 'wide' ? tooltipsSvg(options, axes) : []),
    '</svg>',
  ].join('\n');
}

function axesOf({ series, scale }: ChartOptions, frame: Frame): Axes {
  const seconds = Math.max(2, ...series.map(({ values }) => values.length));
  const shown = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const largest = shown.reduce((most, value) => Math.max(most, value), 1);
  const smallest = shown.reduce(
    (least, value) => (value > 0 ? Math.min(least, value) : least),
    largest,
  );
  const { left, right } = frame;
  const x = (second: number): number => left + ((right - left) * second) / seconds;
  const place = (share: number): number => PLOT.bottom - (PLOT.bottom - PLOT.top) * share;
  if (scale === 'linear') {
    const step = roundStep(largest / 4);
    const top = Math.ceil(largest / step) * step;
    const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
    return { frame, x, y: (value) => place(value / top), ticks, seconds };
  }
  const low = Math.floor(Math.log10(smallest));
  const high = Math.max(low + 1, Math.ceil(Math.log10(largest)));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  const y = (value: number): number | undefined =>
    value > 0 ? place((Math.log10(value) - low) / (high - low)) : undefined;
  return { frame, x, y, ticks, seconds };
}

function bandSvg(band: ChartBand, { x, seconds }: Axes): string {
  const from = x(Math.max(0, Math.min(band.fromS, seconds)));
  const to = x(Math.max(0, Math.min(band.toS, seconds)));
  const width = Math.max(2, to - from);
  return [
    `<g class="${band.kind === 'fault' ? 'band' : `band ${band.kind}`}"><title>${escapeHtml(`${band.label}: ${band.title}`)}</title>`,
    `<rect x="${fixed(from)}" y="${PLOT.top}" width="${fixed(width)}" height="${PLOT.bottom - PLOT.top}"/>`,
    ...(band.kind !== 'recovery'
      ? [
          `<text x="${fixed(from + width / 2)}" y="${PLOT.top - 8}">${escapeHtml(band.label)}</text>`,
        ]
      : []),
    '</g>',
  ].join('');
}

function gridSvg({ format }: ChartOptions, { frame, y, ticks }: Axes): string[] {
  return ticks.map((tick) => {
    const at = fixed(y(tick) ?? PLOT.bottom);
    return (
      `<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${at}" y2="${at}"/>` +
      `<text class="axis y" x="${frame.left - 8}" y="${at}" dy="0.32em">${escapeHtml(format(tick))}</text>`
    );
  });
}

function timeAxisSvg({ frame, x, seconds }: Axes): string[] {
  const step =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800].find(
      (s) => seconds / s <= frame.timeLabelsMax,
    ) ?? 3600;
  const labels: string[] = [];
  for (let second = 0; second < seconds; second += step) {
    labels.push(
      `<text class="axis x" x="${fixed(x(second))}" y="${PLOT.bottom + 18}">${clock(second * 1000)}</text>`,
    );
  }
  return labels;
}

function seriesSvg({ kind, values }: ChartSeries, { x, y }: Axes): string {
  const points: string[] = [];
  let pen = 'M';
  for (const [second, value] of values.entries()) {
    const at = value === null ? undefined : y(value);
    if (at === undefined) {
      pen = 'M';
      continue;
    }
    points.push(`${pen}${fixed(x(second + MIDDLE))} ${fixed(at)}`);
    pen = 'L';
  }
  const line = `<path class="series ${kind}" d="${points.join('')}"/>`;
  if (kind !== 'area') return line;
  const close = `L${fixed(x(values.length - 1 + MIDDLE))} ${PLOT.bottom}L${fixed(x(MIDDLE))} ${PLOT.bottom}Z`;
  return `<path class="fill" d="${points.join('')}${close}"/>${line}`;
}

function tooltipsSvg({ series, format }: ChartOptions, { frame, x, seconds }: Axes): string[] {
  const width = (frame.right - frame.left) / seconds;
  return Array.from({ length: seconds }, (_, second) => {
    const figures = series.map(({ name, values }) => {
      const value = values[second] ?? null;
      return `${name} ${value === null ? '-' : format(value)}`;
    });
    const title = escapeHtml(`${clock(second * 1000)}  ${figures.join(', ')}`);
    return (
      `<rect class="hit" x="${fixed(x(second))}" y="${PLOT.top}" width="${fixed(width)}" ` +
      `height="${PLOT.bottom - PLOT.top}"><title>${title}</title></rect>`
    );
  });
}
