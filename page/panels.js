/** The tables of the page. */
import { byId, element, table } from './dom.js';
import { clock, count } from './format.js';

/** @param {string} id @param {string} title @param {(Node | string)[]} content Nothing to show hides the section. */
function section(id, title, content) {
  const place = byId(id);
  place.hidden = content.length === 0;
  if (content.length > 0) place.replaceChildren(element('h2', {}, title), ...content);
}

/** @param {readonly any[]} faults */
export function showFaults(faults) {
  const at = (/** @type {number | null} */ ms) => (ms === null ? '-' : clock(ms / 1000));
  const state = (/** @type {any} */ fault) => {
    if (fault.error !== null) return element('span', { class: 'bad' }, fault.error);
    if (fault.applied_ms === null) return 'to come';
    return fault.healed_ms === null
      ? element('span', { class: 'key' }, 'applied now')
      : 'over, healed';
  };
  const rows = faults.map((fault, i) => [
    `${i + 1} ${fault.kind} ${fault.target}`,
    at(fault.planned_ms),
    at(fault.applied_ms),
    at(fault.healed_ms),
    state(fault),
  ]);
  const columns = ['fault', 'planned', 'applied', 'healed', 'state'];
  section('faults', 'Faults', rows.length === 0 ? [] : [table(columns, rows)]);
}

const STATUS = {
  holds: 'holds',
  broken: 'BROKEN',
  undecided: 'undecided',
  not_exercised: 'not exercised',
};

/** @param {any} end */
export function showLaws(end) {
  const rows = end.laws.map((/** @type {any} */ law) => [
    element(
      'span',
      {},
      law.name,
      ...(law.witness === null ? [] : [element('div', { class: 'witness' }, law.witness)]),
    ),
    element(
      'span',
      { class: `status ${law.status}` },
      STATUS[/** @type {keyof STATUS} */ (law.status)],
    ),
    count(law.checked),
    count(law.violations),
  ]);
  section(
    'laws',
    'Laws',
    rows.length === 0 ? [] : [table(['law', 'status', 'checked', 'violations'], rows)],
  );
}

/** What the terminal's summary says. @param {any} end */
export function showFigures(end) {
  const entries = end.sections
    .filter((/** @type {any} */ one) => one.label !== 'laws')
    .flatMap((/** @type {any} */ one) => [
      element('dt', {}, one.label),
      element(
        'dd',
        {},
        ...one.lines.map((/** @type {any} */ line) =>
          element('div', { class: line.tone }, line.text),
        ),
      ),
    ]);
  section('figures', 'Figures', [element('dl', {}, ...entries)]);
}

/** @param {readonly string[]} notices The last first. */
export function showNotices(notices) {
  const lines = notices.slice(-200).reverse();
  const list = element(
    'ol',
    { class: 'notices', tabindex: 0, 'aria-label': 'What happened, the last first' },
    ...lines.map((line) => element('li', {}, line)),
  );
  section('notices', 'What happened', lines.length === 0 ? [] : [list]);
}

/** @param {readonly (readonly [string, string, string])[]} tiles label, figure, note */
export function showTiles(tiles) {
  byId('tiles').replaceChildren(
    ...tiles.map(([label, figure, note]) =>
      element(
        'div',
        { class: 'tile' },
        element('p', {}, label),
        element('strong', {}, figure),
        element('p', {}, note),
      ),
    ),
  );
}
