/**
 * A picture that paydrill drew, from its text: made anew, shape by shape, of what pictures are made of and nothing else, so that no
 * text in it can become more than text.
 */
import { shape } from './dom.js';

const SHAPES = new Set(['svg', 'g', 'rect', 'line', 'circle', 'path', 'text', 'title']);
const ATTRIBUTES = new Set([
  ...['class', 'viewBox', 'role', 'aria-label', 'text-anchor', 'd'],
  ...['x', 'y', 'x1', 'x2', 'y1', 'y2', 'dy', 'cx', 'cy', 'r', 'width', 'height'],
]);

/** @param {string} svg @returns {Element[]} */
export function picture(svg) {
  const drawn = new DOMParser().parseFromString(svg, 'text/html').querySelector('svg');
  return drawn === null ? [] : [copy(drawn)];
}

/** @param {Element} drawn @returns {Element} */
function copy(drawn) {
  const attributes = [...drawn.attributes]
    .filter(({ name }) => ATTRIBUTES.has(name))
    .map(({ name, value }) => [name, value]);
  /** @type {(string | Element)[]} */
  const children = [...drawn.childNodes].flatMap((child) => {
    /** @type {(string | Element)[]} */
    const kept =
      child instanceof Text
        ? [child.data]
        : child instanceof Element && SHAPES.has(child.tagName)
          ? [copy(child)]
          : [];
    return kept;
  });
  return shape(drawn.tagName, Object.fromEntries(attributes), ...children);
}
