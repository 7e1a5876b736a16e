/**
 * One chart over the seconds of a drill, as SVG: lines told apart by colour, dash and the name at their end; faults as bands behind
 * them, with names. Pointer or arrow keys choose a second, whose figures stand below.
 * @typedef {{ name: string, line: number, area?: boolean, values: readonly (number | null)[] }} Series
 * @typedef {{ kind: string, label: string, title: string, fromS: number, toS: number }} Band
 * @typedef {{ series: readonly Series[], bands: readonly Band[], lastS: number, most?: number, title?: string }} Drawn `most`: the scale goes at least so far; `title`: from now on.
 */
import { afterKey, element, shape, swatch } from './dom.js';
import { clock } from './format.js';

const TOP = 24;
/** Below the plot: the axis. */
const AXIS = 24;
/** Of the whole. */
const HEIGHT = 220;
const SMALL_HEIGHT = 120;
const LEFT = 58;
const NAMES_WIDTH = 96;
/** Width of a letter of a band's name, at most. */
const LETTER = 7;
/** Seconds that the axis has at least. */
const SPAN_MIN_S = 20;

export class Chart {
  #title;
  #scale;
  #format;
  #chosen = -1;
  #leftOut = '';
  #height;
  #isSmall;
  /** @type {Drawn} */
  #drawn = { series: [], bands: [], lastS: 0 };
  #svg = shape('svg', { class: 'live', tabindex: 0, role: 'img' });
  #legend = element('figcaption');
  #readout = element('p', { class: 'readout' });

  /** `isSmall`: one of many of a kind. @param {{ title: string, scale: 'linear' | 'log', format: (value: number) => string, isSmall?: boolean }} options */
  constructor({ title, scale, format, isSmall = false }) {
    this.#height = isSmall ? SMALL_HEIGHT : HEIGHT;
    this.#isSmall = isSmall;
    this.#title = title;
    this.#scale = scale;
    this.#format = format;
    this.figure = element('figure', {}, this.#legend, this.#svg, this.#readout);
    this.#svg.addEventListener('keydown', (event) => this.#onKey(event));
    this.#svg.addEventListener('pointermove', (event) => this.#onPointer(event));
    this.#svg.addEventListener('pointerleave', () => this.#choose(-1));
    this.#svg.addEventListener('blur', () => this.#choose(-1));
    new ResizeObserver(() => this.#paint()).observe(this.figure);
  }

  /** `leftOut`: what the values do not speak of. @param {Drawn} drawn @param {string} [leftOut] */
  draw(drawn, leftOut = '') {
    this.#title = drawn.title ?? this.#title;
    this.#drawn = drawn;
    this.#leftOut = leftOut;
    this.#paint();
  }

  #paint() {
    const { series, bands } = this.#drawn;
    const axes = this.#axes();
    const title = `${this.#title}${this.#leftOut}`;
    this.#legend.replaceChildren(
      element('b', {}, title),
      ...(this.#isSmall ? [] : series).map(({ name, line }) =>
        element('span', { class: 'legend' }, swatch(line), name),
      ),
    );
    this.#svg.setAttribute('viewBox', `0 0 ${axes.width} ${this.#height}`);
    this.#svg.setAttribute('aria-label', `${title}. ${this.#words(this.#seconds() - 1)}`);
    this.#svg.replaceChildren(
      ...bands.map((band) => bandShape(band, bands, axes)),
      ...this.#grid(axes),
      ...series.flatMap((one) => lineShapes(one, axes)),
      ...endNames(series, axes),
      ...this.#cursor(axes),
    );
    this.#tell();
  }

  #seconds() {
    return Math.max(0, ...this.#drawn.series.map(({ values }) => values.length));
  }

  #axes() {
    const { series, lastS, most: atLeast = 0 } = this.#drawn;
    const bottom = this.#height - AXIS;
    const width = Math.max(
      this.#isSmall ? 140 : 300,
      Math.round(this.figure.clientWidth - 24) || 900,
    );
    const right = width - (this.#isSmall || width < 520 ? 18 : NAMES_WIDTH);
    const span = Math.max(SPAN_MIN_S, this.#seconds(), lastS);
    const shown = series.flatMap(({ values }) => values.filter((value) => value !== null));
    const most = shown.reduce((a, b) => Math.max(a, b), atLeast);
    const least = shown.reduce((a, b) => (b > 0 ? Math.min(a, b) : a), most || 1);
    const ticks =
      this.#scale === 'log' ? decades(least, most || 1) : steps(most, this.#isSmall ? 2 : 4);
    const [low, high] = [ticks[0], ticks[ticks.length - 1]];
    const share = (/** @type {number} */ value) =>
      this.#scale === 'log'
        ? Math.log(value / low) / Math.log(high / low)
        : (value - low) / (high - low);
    return {
      width,
      right,
      bottom,
      span,
      ticks,
      x: (/** @type {number} */ second) => LEFT + ((right - LEFT) * second) / span,
      y: (/** @type {number | null} */ value) =>
        value === null || (this.#scale === 'log' && value <= 0)
          ? undefined
          : bottom - (bottom - TOP) * share(value),
    };
  }

  /** @param {Axes} axes */
  #grid({ ticks, right, bottom, y, x, span }) {
    const across = ticks.flatMap((tick) => {
      const at = y(tick);
      return at === undefined
        ? []
        : [
            shape('line', { class: 'grid', x1: LEFT, x2: right, y1: at, y2: at }),
            shape('text', { class: 'axis y', x: LEFT - 6, y: at + 4 }, this.#format(tick)),
          ];
    });
    const every = timeStep(span, (right - LEFT) / 70);
    const along = Array.from({ length: Math.floor(span / every) + 1 }, (_, i) =>
      shape('text', { class: 'axis x', x: x(i * every), y: bottom + 16 }, clock(i * every)),
    );
    return [...across, ...along];
  }

  /** @param {Axes} axes */
  #cursor({ x, bottom }) {
    if (this.#chosen < 0) return [];
    const at = x(this.#chosen + 0.5);
    return [shape('line', { class: 'cursor', x1: at, x2: at, y1: TOP, y2: bottom })];
  }

  /** @param {number} second */
  #words(second) {
    if (second < 0) return '';
    const figures = this.#drawn.series.map(({ name, values }) => {
      const value = values[second] ?? null;
      return `${name} ${value === null ? '-' : this.#format(value)}`;
    });
    const under = this.#drawn.bands.filter(({ fromS, toS }) => fromS < second + 1 && toS > second);
    const faults = under.length === 0 ? '' : `; under ${under.map((b) => b.title).join(', ')}`;
    return `${clock(second)}: ${figures.join(', ')}${faults}`;
  }

  /** The chosen second is told to those who listen; the last one, which changes by itself, is only there to read. */
  #tell() {
    const isChosen = this.#chosen >= 0;
    const words = this.#words(isChosen ? this.#chosen : this.#seconds() - 1);
    this.#readout.setAttribute('aria-live', isChosen ? 'polite' : 'off');
    if (this.#readout.textContent !== words) this.#readout.textContent = words;
  }

  /** @param {number} second */
  #choose(second) {
    const chosen = Math.min(second, this.#seconds() - 1);
    if (chosen === this.#chosen) return;
    this.#chosen = chosen;
    this.#paint();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const last = this.#seconds() - 1;
    const to = afterKey(event, { chosen: this.#chosen, last, stride: 10 });
    if (to !== undefined) this.#choose(to);
  }

  /** @param {PointerEvent} event */
  #onPointer(event) {
    const { width, right, span } = this.#axes();
    const box = this.#svg.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * width;
    this.#choose(Math.floor(((at - LEFT) / (right - LEFT)) * span));
  }
}

/** @typedef {{ width: number, right: number, bottom: number, span: number, ticks: number[], x: (second: number) => number, y: (value: number | null) => number | undefined }} Axes */

/** Its name where there is room for it until the next band, its number where there is not, nothing where they would lie on each other. @param {Band} band @param {readonly Band[]} all @param {Axes} axes */
function bandShape({ kind, label, title, fromS, toS }, all, { x, right, bottom, span }) {
  const [from, to] = [x(fromS), Math.min(right, x(Math.min(toS, span)))];
  const next = Math.min(
    right,
    ...all.filter((one) => one.label !== '' && one.fromS > fromS).map((one) => x(one.fromS)),
  );
  const name = `${label} ${title}`.trim();
  const word =
    label === '' ? '' : ([name, label].find((one) => one.length * LETTER <= next - from - 4) ?? '');
  return shape(
    'g',
    { class: `band ${kind}` },
    shape('rect', { x: from, y: TOP, width: Math.max(2, to - from), height: bottom - TOP }),
    shape('text', { x: from + 2, y: TOP - 6 }, word),
    shape('title', {}, name),
  );
}

/** Gaps where there is no value; where there are more seconds than there is room, the largest of each stretch. @param {Series} series @param {Axes} axes */
function lineShapes({ values, line, area }, { x, y, right, bottom }) {
  const every = Math.max(1, Math.ceil(values.length / (right - LEFT)));
  /** @type {string[][]} */
  const runs = [[]];
  for (let from = 0; from < values.length; from += every) {
    const stretch = values.slice(from, from + every).filter((value) => value !== null);
    const at = stretch.length === 0 ? undefined : y(Math.max(...stretch));
    if (at === undefined) {
      if (runs[runs.length - 1].length > 0) runs.push([]);
    } else {
      const middle = x(from + Math.min(every, values.length - from) / 2);
      runs[runs.length - 1].push(`${middle.toFixed(1)},${at.toFixed(1)}`);
    }
  }
  return runs
    .filter((run) => run.length > 0)
    .flatMap((run) => {
      const first = run[0].split(',')[0];
      const last = run[run.length - 1].split(',')[0];
      const points =
        run.length === 1 ? `${run[0]} ${Number(first) + 2},${run[0].split(',')[1]}` : run.join(' ');
      const stroke = shape('polyline', { class: `line line-${line}`, points });
      const below = `${first},${bottom} ${points} ${last},${bottom}`;
      return area ? [shape('polygon', { class: 'fill', points: below }), stroke] : [stroke];
    });
}

/** The name of each line beside its last value, moved apart where they would lie on each other. @param {readonly Series[]} series @param {Axes} axes */
function endNames(series, { right, width, bottom, y }) {
  if (width - right < NAMES_WIDTH) return [];
  const ends = series
    .flatMap(({ name, values, line }) => {
      const at = y(values.findLast((value) => value !== null) ?? null);
      return at === undefined ? [] : [{ name, line, at }];
    })
    .sort((a, b) => a.at - b.at);
  let above = TOP - 8;
  for (const end of ends) {
    end.at = Math.max(end.at + 4, above + 13);
    above = end.at;
  }
  let below = bottom + 17;
  for (const end of ends.toReversed()) {
    end.at = Math.min(end.at, below - 13);
    below = end.at;
  }
  return ends.map(({ name, line, at }) =>
    shape('text', { class: `end end-${line}`, x: right + 6, y: at }, name),
  );
}

/** Powers of ten around all values. @param {number} least @param {number} most */
function decades(least, most) {
  const from = Math.floor(Math.log10(least));
  const to = Math.max(from + 1, Math.ceil(Math.log10(most)));
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}

/** Round steps from 0 past the largest. @param {number} most @param {number} about how many */
function steps(most, about) {
  const raw = (most || 1) / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((one) => one >= raw) ?? power * 10;
  const many = Math.max(1, Math.ceil((most || 1) / step));
  return Array.from({ length: many + 1 }, (_, i) => i * step);
}

/** @param {number} span seconds @param {number} labels as many as there is room for */
function timeStep(span, labels) {
  const round = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
  return round.find((step) => span / step <= Math.max(2, labels)) ?? 86_400;
}
