/**
 * One chart over rates, as inline SVG: lines through the medians of each rate, a dot a step, bands and marks for what was found. The
 * frames, the classes and the colours are those of report.html. Pure; every dot has its figures as a tooltip.
 */
import { count } from '../../report/format.js';
import { escapeHtml } from '../../report/html-text.js';
import { FRAMES, type Frame, fixed, roundStep } from '../../report/svg.js';

export interface RateLine {
  readonly name: string;
  readonly kind: 'line' | 'guide';
  /** Ascending by rate. */
  readonly points: readonly (readonly [ratePerSec: number, value: number])[];
}

export interface RateDot {
  readonly ratePerSec: number;
  readonly value: number;
  readonly held: boolean;
  readonly title: string;
}

export interface RateMark {
  readonly ratePerSec: number;
  readonly label: string;
  readonly title: string;
}

export interface RateChart {
  readonly title: string;
  readonly lines: readonly RateLine[];
  readonly dots: readonly RateDot[];
  readonly marks: readonly RateMark[];
  /** On a log scale, zeros are gaps. */
  readonly scale: 'linear' | 'log';
  readonly format: (value: number) => string;
}

const HEIGHT = 280;
const PLOT = { top: 46, bottom: 248 } as const;

interface Axes {
  readonly frame: Frame;
  readonly x: (ratePerSec: number) => number;
  readonly y: (value: number) => number | undefined;
  readonly ticks: readonly number[];
  readonly rates: readonly number[];
}

export function rateChart(chart: RateChart): string {
  const legend = [
    ...chart.lines.map(
      ({ name, kind }) => `<span class="legend ${kind}">${escapeHtml(name)}</span>`,
    ),
    '<span class="key-held">held</span><span class="key-broke">broke</span>',
  ];
  return [
    '<figure>',
    `<figcaption><b>${escapeHtml(chart.title)}</b>${legend.join('')}</figcaption>`,
    ...FRAMES.map((frame) => svg(chart, axesOf(chart, frame))),
    '</figure>',
  ].join('\n');
}

function svg(chart: RateChart, axes: Axes): string {
  const { name, width } = axes.frame;
  const label = escapeHtml(chart.title);
  return [
    `<svg class="${name}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${label}">`,
    ...gridSvg(chart, axes),
    ...chart.marks.map((mark, i) => markSvg(mark, i, axes)),
    ...chart.lines.map((line) => lineSvg(line, chart.lines, axes)),
    ...chart.dots.map((dot) => dotSvg(dot, axes)),
    '</svg>',
  ].join('\n');
}

function axesOf({ lines, dots, scale }: RateChart, frame: Frame): Axes {
  const rates = [
    ...dots.map((dot) => dot.ratePerSec),
    ...lines.flatMap(({ points }) => points.map(([rate]) => rate)),
  ];
  const values = [
    ...dots.map((dot) => dot.value),
    ...lines.flatMap(({ points }) => points.map(([, value]) => value)),
  ];
  const rateStep = roundStep(Math.max(...rates, 1) / (frame.timeLabelsMax - 1));
  const rateTop = Math.ceil((Math.max(...rates, 1) * 1.02) / rateStep) * rateStep;
  const x = (rate: number): number => frame.left + ((frame.right - frame.left) * rate) / rateTop;
  const labels = Array.from({ length: Math.round(rateTop / rateStep) + 1 }, (_, i) => i * rateStep);
  const place = (share: number): number => PLOT.bottom - (PLOT.bottom - PLOT.top) * share;
  const largest = Math.max(...values, 1);
  if (scale === 'linear') {
    const step = roundStep(largest / 4);
    const top = Math.ceil(largest / step) * step;
    const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
    return { frame, x, y: (value) => place(value / top), ticks, rates: labels };
  }
  const smallest = Math.min(...values.filter((value) => value > 0), largest);
  const low = Math.floor(Math.log10(smallest));
  const high = Math.max(low + 1, Math.ceil(Math.log10(largest)));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  const y = (value: number): number | undefined =>
    value > 0 ? place((Math.log10(value) - low) / (high - low)) : undefined;
  return { frame, x, y, ticks, rates: labels };
}

function gridSvg({ format }: RateChart, { frame, x, y, ticks, rates }: Axes): string[] {
  const across = ticks.map((tick) => {
    const at = fixed(y(tick) ?? PLOT.bottom);
    return (
      `<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${at}" y2="${at}"/>` +
      `<text class="axis y" x="${frame.left - 8}" y="${at}" dy="0.32em">${escapeHtml(format(tick))}</text>`
    );
  });
  const below = rates.map((rate) => {
    // The last would be cut off at the edge.
    const place = x(rate) > frame.right - 20 ? 'y' : 'x';
    return `<text class="axis ${place}" x="${fixed(x(rate))}" y="${PLOT.bottom + 18}">${count(rate)}</text>`;
  });
  return [...across, ...below];
}

/** Labels of neighbouring marks stand on lines of their own, so that they do not cover each other. */
function markSvg(
  { ratePerSec, label, title }: RateMark,
  index: number,
  { frame, x }: Axes,
): string {
  const at = x(ratePerSec);
  const anchor = at > (frame.left + frame.right) / 2 ? 'end' : 'start';
  const beside = anchor === 'end' ? at - 4 : at + 4;
  return (
    `<g class="mark"><title>${escapeHtml(title)}</title>` +
    `<line x1="${fixed(at)}" x2="${fixed(at)}" y1="${PLOT.top - 8}" y2="${PLOT.bottom}"/>` +
    `<text x="${fixed(beside)}" y="${12 + 12 * (index % 3)}" text-anchor="${anchor}">${escapeHtml(label)}</text></g>`
  );
}

/** Where another has the same stroke, its name stands at its end. */
function lineSvg(
  { name, kind, points }: RateLine,
  lines: readonly RateLine[],
  { x, y }: Axes,
): string {
  const path = points.flatMap(([rate, value]) => {
    const at = y(value);
    return at === undefined ? [] : [[x(rate), at] as const];
  });
  const last = path.at(-1);
  if (last === undefined) return '';
  const d = path.map(([left, top]) => `${fixed(left)} ${fixed(top)}`).join('L');
  const [left, top] = last;
  const drawn = `<path class="series ${kind}" d="M${d}"/>`;
  if (lines.filter((line) => line.kind === kind).length === 1) return drawn;
  return (
    drawn +
    `<text class="axis y" x="${fixed(left - 6)}" y="${fixed(top - 6)}">${escapeHtml(name)}</text>`
  );
}

function dotSvg({ ratePerSec, value, held, title }: RateDot, { x, y }: Axes): string {
  const at = y(value);
  if (at === undefined) return '';
  const [left, top] = [x(ratePerSec), at];
  // Told apart by shape, not by colour alone.
  const shape = held
    ? `<circle cx="${fixed(left)}" cy="${fixed(top)}" r="4"/>`
    : `<path d="M${fixed(left - 4)} ${fixed(top - 4)}l8 8m0 -8l-8 8"/>`;
  return `<g class="step ${held ? 'held' : 'broke'}"><title>${escapeHtml(title)}</title>${shape}</g>`;
}
