/**
 * Response and service time, or the duration of requests, against the percentile, as inline SVG: what is left over above a percentile is halved, quartered ... with
 * equal steps to the right, so that the rare long ones have room. Pure.
 *
 *    1.00 s |               ___/
 *   10.0 ms |     _________/
 *           +--------------------
 *           0 %   90 %   99 %   99.9 %
 */
import { count, timeUs } from './format.js';
import { escapeHtml } from './html-text.js';
import {
  type CurvePoint,
  type NamedCurve,
  type PercentileCurves,
  type ShownCurves,
  shownCurves,
} from './percentile-curves.js';
import { FRAMES, type Frame, fixed } from './svg.js';

const HEIGHT = 260;
const PLOT = { top: 16, bottom: 232 } as const;

interface Axes {
  readonly frame: Frame;
  /** Of so many decades of what is left over. */
  readonly decades: number;
  readonly x: (percentile: number) => number;
  readonly y: (us: number) => number;
  readonly ticksUs: readonly number[];
}

/** Empty where there is no time. `leftOut`: of which the times speak. */
export function percentilePicture(curves: PercentileCurves, leftOut: string): string {
  const shown = shownCurves(curves);
  if (shown === undefined) return '';
  const { line, guide } = shown;
  const title = escapeHtml(`Percentiles of ${count(line.count)} times${leftOut}`);
  const legend = (one: NamedCurve | undefined, kind: string): string =>
    one === undefined ? '' : `<span class="legend ${kind}">${one.name}</span>`;
  return [
    '<figure>',
    `<figcaption><b>${title}</b>${legend(line, 'line')}${legend(guide, 'guide')}</figcaption>`,
    ...FRAMES.map((frame) => svg(shown, axesOf(guide ? [line, guide] : [line], frame), title)),
    '</figure>',
  ].join('\n');
}

function svg({ line, guide }: ShownCurves, axes: Axes, title: string): string {
  const { name, width } = axes.frame;
  return [
    `<svg class="${name}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${title}">`,
    ...gridSvg(axes),
    guide === undefined ? '' : lineSvg(guide.points, 'guide', axes),
    lineSvg(line.points, 'line', axes),
    // A phone has nothing to point with.
    ...(name === 'wide' ? tooltipsSvg({ line, guide }, axes) : []),
    '</svg>',
  ].join('\n');
}

function axesOf(curves: readonly NamedCurve[], frame: Frame): Axes {
  const decades = Math.max(1, ...curves.map((curve) => Math.log10(Math.max(1, curve.count))));
  const times = curves.flatMap(({ points }) => points.map(([, us]) => Math.max(1, us)));
  const low = Math.floor(Math.log10(Math.min(...times)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...times))));
  const { left, right } = frame;
  return {
    frame,
    decades,
    x: (percentile) =>
      left + ((right - left) * Math.min(decades, -Math.log10(1 - percentile / 100))) / decades,
    y: (us) =>
      PLOT.bottom - ((PLOT.bottom - PLOT.top) * (Math.log10(Math.max(1, us)) - low)) / (high - low),
    ticksUs: Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)),
  };
}

function gridSvg({ frame, decades, x, y, ticksUs }: Axes): string[] {
  const across = ticksUs.map((us) => {
    const at = fixed(y(us));
    return (
      `<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${at}" y2="${at}"/>` +
      `<text class="axis y" x="${frame.left - 8}" y="${at}" dy="0.32em">${timeUs(us)}</text>`
    );
  });
  const along = Array.from({ length: Math.floor(decades) + 1 }, (_, i) => {
    const percentile = 100 - 100 / 10 ** i;
    const at = fixed(x(percentile));
    const anchor = x(percentile) > frame.right - 24 ? 'y' : 'x';
    return (
      `<line class="grid" x1="${at}" x2="${at}" y1="${PLOT.top}" y2="${PLOT.bottom}"/>` +
      `<text class="axis ${anchor}" x="${at}" y="${PLOT.bottom + 18}">${percentWords(percentile)}</text>`
    );
  });
  return [...across, ...along];
}

function lineSvg(points: readonly CurvePoint[], kind: 'line' | 'guide', { x, y }: Axes): string {
  const path = points.map(([percentile, us]) => `${fixed(x(percentile))} ${fixed(y(us))}`);
  return `<path class="series ${kind}" d="M${path.join('L')}"/>`;
}

/** Of the line's points; both curves have the same as far as they go. */
function tooltipsSvg({ line, guide }: ShownCurves, axes: Axes): string[] {
  const { points } = line;
  const firstWord = ({ name }: NamedCurve): string => name.split(' ')[0] ?? name;
  return points.map(([percentile, us], i) => {
    const from = axes.x(percentile);
    const next = points[i + 1];
    const to = next === undefined ? axes.frame.right : axes.x(next[0]);
    const other = guide?.points.find(([one]) => one === percentile);
    const more =
      guide === undefined || other === undefined ? '' : `, ${firstWord(guide)} ${timeUs(other[1])}`;
    return (
      `<rect class="hit" x="${fixed(from)}" y="${PLOT.top}" width="${fixed(Math.max(1, to - from))}" ` +
      `height="${PLOT.bottom - PLOT.top}"><title>${percentWords(percentile)}: ${firstWord(line)} ${timeUs(us)}${more}</title></rect>`
    );
  });
}

/** `99.9 %`. */
function percentWords(percentile: number): string {
  return `${Number(percentile.toFixed(6))} %`;
}
