/**
 * Response and service time against the percentile, as SVG, or the duration of requests where nobody is paid: what is left over above a
 * percentile is halved, quartered ... with equal steps to the right. Arrow keys or the pointer choose a percentile, whose times stand below.
 * @typedef {{ count: number, points: readonly (readonly [number, number])[] }} Curve
 * @typedef {{ response_time: Curve, service_time: Curve, request_duration: Curve }} Curves
 */
import { afterKey, element, shape, swatch } from './dom.js';
import { count, timeUs } from './format.js';

const HEIGHT = 220;
const TOP = 12;
const BOTTOM = 196;
const LEFT = 58;

/** @type {Curve} */
const NO_CURVE = { count: 0, points: [] };

export class CurveChart {
  #chosen = -1;
  #leftOut = '';
  /** @type {Curve} */
  #line = NO_CURVE;
  /** @type {Curve} */
  #guide = NO_CURVE;
  /** Of both. @type {readonly string[]} */
  #names = [];
  #svg = shape('svg', { class: 'live', tabindex: 0, role: 'img' });
  #legend = element('figcaption');
  #readout = element('p', { class: 'readout' });

  constructor() {
    this.figure = element('figure', {}, this.#legend, this.#svg, this.#readout);
    this.#svg.addEventListener('keydown', (event) => this.#onKey(event));
    this.#svg.addEventListener('pointermove', (event) => this.#onPointer(event));
    for (const leaving of ['pointerleave', 'blur'])
      this.#svg.addEventListener(leaving, () => this.#choose(-1));
    new ResizeObserver(() => this.#paint()).observe(this.figure);
  }

  /** `leftOut`: what the times do not speak of. @param {Curves} curves @param {string} leftOut */
  draw(curves, leftOut) {
    const pays = curves.response_time.points.length > 0;
    this.#line = pays ? curves.response_time : curves.request_duration;
    this.#guide = pays ? curves.service_time : NO_CURVE;
    this.#names = pays ? ['response time', 'service time'] : ['request duration'];
    this.#leftOut = leftOut;
    this.#paint();
  }

  #paint() {
    const [main, guide] = [this.#line, this.#guide];
    this.figure.hidden = main.points.length === 0;
    if (this.figure.hidden) return;
    const axes = this.#axes();
    const title = `Percentiles of ${count(main.count)} times${this.#leftOut}`;
    this.#legend.replaceChildren(
      element('b', {}, title),
      ...this.#names.map((name, i) => element('span', { class: 'legend' }, swatch(1 + i), name)),
    );
    this.#svg.setAttribute('viewBox', `0 0 ${axes.width} ${HEIGHT}`);
    this.#svg.setAttribute('aria-label', `${title}. ${this.#words(main.points.length - 1)}`);
    const chosen = main.points[this.#chosen];
    this.#svg.replaceChildren(
      ...grid(axes),
      ...(guide.points.length === 0 ? [] : [line(guide, 2, axes)]),
      line(main, 1, axes),
      ...(chosen === undefined
        ? []
        : [
            shape('line', {
              ...{ class: 'cursor', y1: TOP, y2: BOTTOM },
              ...{ x1: axes.x(chosen[0]), x2: axes.x(chosen[0]) },
            }),
          ]),
    );
    const words = this.#words(chosen === undefined ? main.points.length - 1 : this.#chosen);
    this.#readout.setAttribute('aria-live', chosen === undefined ? 'off' : 'polite');
    if (this.#readout.textContent !== words) this.#readout.textContent = words;
  }

  #axes() {
    const [main, guide] = [this.#line, this.#guide];
    const width = Math.max(300, Math.round(this.figure.clientWidth - 24) || 900);
    const right = width - 18;
    const decades = Math.max(1, Math.log10(Math.max(1, main.count, guide.count)));
    const times = [...main.points, ...guide.points].map(([, us]) => Math.max(1, us));
    const low = Math.floor(Math.log10(Math.min(...times)));
    const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...times))));
    const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
    return {
      ...{ width, right, decades, ticks },
      x: (/** @type {number} */ percentile) =>
        LEFT + ((right - LEFT) * Math.min(decades, -Math.log10(1 - percentile / 100))) / decades,
      y: (/** @type {number} */ us) =>
        BOTTOM - ((BOTTOM - TOP) * (Math.log10(Math.max(1, us)) - low)) / (high - low),
    };
  }

  /** @param {number} index */
  #words(index) {
    const [main, guide] = [this.#line, this.#guide];
    const point = main.points[index];
    if (point === undefined) return '';
    const other = guide.points.find(([percentile]) => percentile === point[0]);
    const [first, second] = this.#names.map((name) => name.split(' ')[0]);
    const more = other === undefined ? '' : `, ${second} ${timeUs(other[1])}`;
    return `${percent(point[0])}: ${first} ${timeUs(point[1])}${more}`;
  }

  /** @param {number} index */
  #choose(index) {
    const chosen = Math.min(index, this.#line.points.length - 1);
    if (chosen === this.#chosen) return;
    this.#chosen = chosen;
    this.#paint();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const last = this.#line.points.length - 1;
    const to = afterKey(event, { chosen: this.#chosen, last, stride: 5 });
    if (to !== undefined) this.#choose(to);
  }

  /** @param {PointerEvent} event */
  #onPointer(event) {
    const axes = this.#axes();
    const box = this.#svg.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * axes.width;
    this.#choose(this.#line.points.findLastIndex(([percentile]) => axes.x(percentile) <= at));
  }
}

/** @typedef {{ width: number, right: number, decades: number, ticks: number[], x: (percentile: number) => number, y: (us: number) => number }} Axes */

/** @param {Axes} axes */
function grid({ right, decades, ticks, x, y }) {
  const across = ticks.flatMap((us) => [
    shape('line', { class: 'grid', x1: LEFT, x2: right, y1: y(us), y2: y(us) }),
    shape('text', { class: 'axis y', x: LEFT - 6, y: y(us) + 4 }, timeUs(us)),
  ]);
  const along = Array.from({ length: Math.floor(decades) + 1 }, (_, i) => {
    const percentile = 100 - 100 / 10 ** i;
    const at = x(percentile);
    const axis = at > right - 20 ? 'y' : 'x';
    return [
      shape('line', { class: 'grid', x1: at, x2: at, y1: TOP, y2: BOTTOM }),
      shape('text', { class: `axis ${axis}`, x: at, y: BOTTOM + 16 }, percent(percentile)),
    ];
  });
  return [...across, ...along.flat()];
}

/** @param {Curve} curve @param {number} number @param {Axes} axes */
function line({ points }, number, { x, y }) {
  const path = points.map(([percentile, us]) => `${x(percentile).toFixed(1)},${y(us).toFixed(1)}`);
  return shape('polyline', { class: `line line-${number}`, points: path.join(' ') });
}

/** `99.9 %` @param {number} percentile */
function percent(percentile) {
  return `${Number(percentile.toFixed(6))} %`;
}
