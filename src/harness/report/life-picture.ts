/**
 * The life of an operation as inline SVG: a lane for the client and one for each shard, a numbered dot for each moment, a bar from
 * question to answer, and the faults that were felt, by name above the lanes and as bands behind them. Pure. Dots that would cover each
 * other stand in rows. The axis counts from when the operation was asked for.
 *
 *     #4 kill shard-1    [=========
 *      client  (1)-----------------------------(6)
 *     shard 0     (2)   (4)
 *     shard 1        (3)
 *              0    +50 ms   +100 ms
 */
import type { ActiveFault, OperationLife } from '../verify/explain/operation-life.js';
import { timeUs } from './format.js';
import { escapeHtml } from './html-text.js';
import { CLIENT_LANE, type LifeEvent } from './life-events.js';
import { FRAMES, type Frame, fixed, roundStep } from './svg.js';

const DOT = { radius: 8, apart: 19 } as const;
const LANE_PADDING = 6;
const FAULT_ROW = 18;
const AXIS_HEIGHT = 24;
/** Half of what a time under the axis may take. */
const LABEL_HALF = 22;
/** Faults that are named; the others are in the table of faults. */
const FAULTS_MAX = 8;
/** Of the width, left free on both sides, so that no dot is cut. */
const MARGIN = 0.03;
/** Where everything happened in one moment. */
const SPAN_US_MIN = 100;

type Timed = LifeEvent & { readonly atUs: number };

/** One a frame; none where nothing of it can be placed on the drill's clock. */
export function lifePictures(life: OperationLife, events: readonly LifeEvent[]): readonly string[] {
  const timed = events.filter((event): event is Timed => event.atUs !== null);
  return timed.length === 0 ? [] : FRAMES.map((frame) => svg(life, timed, frame));
}

interface Lane {
  readonly name: string;
  readonly top: number;
  readonly height: number;
  readonly dots: readonly { readonly event: Timed; readonly x: number; readonly y: number }[];
}

interface Scale {
  readonly frame: Frame;
  readonly fromUs: number;
  readonly toUs: number;
  readonly x: (us: number) => number;
}

function svg(life: OperationLife, events: readonly Timed[], frame: Frame): string {
  const scale = scaleOf(events, frame);
  const faults = life.faults.slice(0, FAULTS_MAX);
  const top = faults.length * FAULT_ROW + LANE_PADDING;
  const lanes = lanesOf(events, scale, top);
  const bottom = lanes.reduce((most, { top, height }) => Math.max(most, top + height), 0);
  const label = escapeHtml(`what happened to ${life.id}, in time`);
  return [
    `<svg class="${frame.name}" viewBox="0 0 ${frame.width} ${bottom + AXIS_HEIGHT}" role="img" aria-label="${label}">`,
    ...faults.map((fault, row) => faultSvg(fault, { row, top, bottom, scale })),
    ...axisSvg(scale, Math.min(...events.map(({ atUs }) => atUs)), bottom),
    ...lanes.map((lane) => laneSvg(lane, frame)),
    ...lanes.filter(({ name }) => name === CLIENT_LANE).map((lane) => spanSvg(life, lane, scale)),
    ...lanes.flatMap(({ dots }) => dots.map(dotSvg)),
    '</svg>',
  ].join('\n');
}

function scaleOf(events: readonly Timed[], frame: Frame): Scale {
  const times = events.map(({ atUs }) => atUs);
  const first = Math.min(...times);
  const span = Math.max(SPAN_US_MIN, Math.max(...times) - first);
  const fromUs = first - span * MARGIN;
  const toUs = first + span * (1 + MARGIN);
  const { left, right } = frame;
  const x = (us: number): number => left + ((right - left) * (us - fromUs)) / (toUs - fromUs);
  return { frame, fromUs, toUs, x };
}

/** The client's first, then the shards by number. */
function lanesOf(events: readonly Timed[], { x }: Scale, top: number): readonly Lane[] {
  const shards = new Set(events.filter(({ isEntry }) => isEntry).map(({ lane }) => lane));
  const names = [CLIENT_LANE, ...[...shards].sort((a, b) => numberIn(a) - numberIn(b))];
  let at = top;
  return names.map((name) => {
    const rows: number[] = [];
    const placed = events
      .filter(({ lane }) => lane === name)
      .map((event) => ({ event, x: x(event.atUs), row: rowFor(x(event.atUs), rows) }));
    const height = Math.max(1, rows.length) * DOT.apart + 2 * LANE_PADDING;
    const lane = {
      name,
      top: at,
      height,
      dots: placed.map((dot) => ({
        event: dot.event,
        x: dot.x,
        y: at + LANE_PADDING + DOT.apart * (dot.row + 0.5),
      })),
    };
    at += height;
    return lane;
  });
}

/** The first row in which the dot covers no other; `rows` holds where the last dot of each is. */
function rowFor(x: number, rows: number[]): number {
  const free = rows.findIndex((last) => x - last >= DOT.apart);
  const row = free < 0 ? rows.length : free;
  rows[row] = x;
  return row;
}

function numberIn(lane: string): number {
  return Number(/\d+/.exec(lane)?.[0] ?? 0);
}

function laneSvg({ name, top, height }: Lane, { left, right }: Frame): string {
  return (
    `<line class="grid" x1="${left}" x2="${right}" y1="${fixed(top)}" y2="${fixed(top)}"/>` +
    `<text class="axis y" x="${left - 8}" y="${fixed(top + height / 2)}" dy="0.32em">${escapeHtml(name)}</text>`
  );
}

/** From the first question to the last answer; open to the right where one was never answered. */
function spanSvg({ asked }: OperationLife, lane: Lane, { toUs, x }: Scale): string {
  const [first] = lane.dots;
  if (first === undefined) return '';
  const isOpen = asked.some((one) => one.completed_us === null);
  const last = isOpen ? x(toUs) : Math.max(...lane.dots.map((dot) => dot.x));
  const kind = isOpen ? 'span open' : 'span';
  return `<line class="${kind}" x1="${fixed(first.x)}" x2="${fixed(last)}" y1="${fixed(first.y)}" y2="${fixed(first.y)}"/>`;
}

/** Its name stands at the end of its bar that has room for it. */
function faultSvg(
  fault: ActiveFault,
  at: {
    readonly row: number;
    /** Where the lanes begin and end. */
    readonly top: number;
    readonly bottom: number;
    readonly scale: Scale;
  },
): string {
  const { frame, fromUs, toUs, x } = at.scale;
  const clipped = (us: number): number => x(Math.min(toUs, Math.max(fromUs, us)));
  const from = clipped(Number(fault.applied_us));
  const to = clipped(fault.healed_us === null ? toUs : Number(fault.healed_us));
  const width = Math.max(2, to - from);
  const top = at.row * FAULT_ROW;
  const name = escapeHtml(`#${fault.fault} ${fault.kind} ${fault.target}`);
  const isLeft = from < (frame.left + frame.right) / 2;
  const anchor = isLeft ? `x="${fixed(from + 4)}"` : `x="${fixed(to - 4)}" text-anchor="end"`;
  return [
    `<g class="band fault"><title>${name}</title>`,
    `<rect x="${fixed(from)}" y="${at.top}" width="${fixed(width)}" height="${fixed(at.bottom - at.top)}"/>`,
    `<rect x="${fixed(from)}" y="${top}" width="${fixed(width)}" height="${FAULT_ROW - 2}"/>`,
    `<text ${anchor} y="${top + 12}">${name}</text></g>`,
  ].join('');
}

function axisSvg(scale: Scale, originUs: number, bottom: number): string[] {
  const { frame, toUs, x } = scale;
  const step = roundStep((toUs - originUs) / frame.timeLabelsMax);
  const labels: string[] = [
    `<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${fixed(bottom)}" y2="${fixed(bottom)}"/>`,
  ];
  // The last must not be cut by the edge.
  for (let us = 0; x(originUs + us) <= frame.right - LABEL_HALF; us += step) {
    const text = us === 0 ? '0' : `+${timeUs(us)}`;
    labels.push(
      `<text class="axis x" x="${fixed(x(originUs + us))}" y="${fixed(bottom + 16)}">${text}</text>`,
    );
  }
  return labels;
}

function dotSvg({ event, x, y }: Lane['dots'][number]): string {
  const classes = ['dot', event.isEntry ? 'entry' : '', event.isRefusal ? 'refusal' : '']
    .filter((name) => name !== '')
    .join(' ');
  const at = `cx="${fixed(x)}" cy="${fixed(y)}"`;
  return [
    `<g class="${classes}"><title>${escapeHtml(event.what)}</title>`,
    `<circle ${at} r="${DOT.radius}"/>`,
    `<text x="${fixed(x)}" y="${fixed(y)}" dy="0.35em">${event.number}</text></g>`,
  ].join('');
}
