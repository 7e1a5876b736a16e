/**
 * Elements from text. Whatever comes from a script or a target goes in as text or as an attribute, never as HTML.
 * @typedef {Record<string, string | number | boolean>} Attributes
 */

const SVG = 'http://www.w3.org/2000/svg';

/** More columns than this stand closer. */
const MANY = 8;

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no #${id} on the page`);
  return found;
}

/** @param {string} tag @param {Attributes} attributes @param {(Node | string)[]} children */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** @param {string} tag @param {Attributes} attributes @param {(Node | string)[]} children */
export function shape(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * @template {Element} E
 * @param {E} made @param {Attributes} attributes @param {(Node | string)[]} children
 */
function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/**
 * @param {readonly string[]} columns @param {readonly (readonly (Node | string)[])[]} rows
 * @param {readonly boolean[]} isNumber By column; without it none is.
 * On a narrow page each cell carries the name of its column.
 */
export function table(columns, rows, isNumber = []) {
  const kind = (/** @type {number} */ i) => (isNumber[i] === true ? 'number' : '');
  const head = element(
    'tr',
    {},
    ...columns.map((name, i) => element('th', { scope: 'col', class: kind(i) }, name)),
  );
  const body = rows.map((cells) =>
    element(
      'tr',
      {},
      ...cells.map((cell, i) => element('td', { 'data-column': columns[i], class: kind(i) }, cell)),
    ),
  );
  return element(
    'div',
    { class: 'card' },
    element(
      'table',
      { class: columns.length > MANY ? 'many' : '' },
      element('thead', {}, head),
      element('tbody', {}, ...body),
    ),
  );
}

/** A piece of that line, for a legend. @param {number} line */
export function swatch(line) {
  return shape(
    'svg',
    { class: 'swatch', viewBox: '0 0 22 8', 'aria-hidden': true },
    shape('line', { class: `line line-${line}`, x1: 0, x2: 22, y1: 4, y2: 4 }),
  );
}

/**
 * Where the cursor of a picture goes with a key: -1 where it is put away, undefined where the key is not for it.
 * @param {KeyboardEvent} event
 * @param {{ chosen: number, last: number, stride: number }} picture chosen: -1 where nothing is; stride: of an arrow with shift
 * @returns {number | undefined}
 */
export function afterKey(event, { chosen, last, stride }) {
  if (event.key === 'Escape') return -1;
  const from = chosen < 0 ? last + 1 : chosen;
  const far = event.shiftKey ? stride : 1;
  const to = { ArrowLeft: Math.max(0, from - far), ArrowRight: from + far, Home: 0, End: last }[
    event.key
  ];
  if (to !== undefined) event.preventDefault();
  return to;
}
