/** The tables of the page. */
import { byId, element, table } from './dom.js';
import { clock, count } from './format.js';

/** @param {string} id @param {string} title @param {(Node | string)[]} content Nothing to show hides the section. */
function section(id, title, content) {
  const place = byId(id);
  place.hidden = content.length === 0;
  if (content.length > 0) place.replaceChildren(element('h2', {}, title), ...content);
}

let faultsShown = '';

/**
 * Made anew only where something changed, so that a button keeps its focus.
 * @param {readonly any[]} faults
 * @param {((index: number, button: HTMLElement) => void) | undefined} applyNow Undefined where none can be asked for.
 */
export function showFaults(faults, applyNow) {
  const shown = JSON.stringify([faults, applyNow !== undefined]);
  if (shown === faultsShown) return;
  faultsShown = shown;
  const at = (/** @type {number | null} */ ms) => (ms === null ? '-' : clock(ms / 1000));
  const rows = faults.map((fault, i) => [
    `${i + 1} ${fault.kind} ${fault.target}`,
    at(fault.planned_ms),
    at(fault.applied_ms),
    at(fault.healed_ms),
    faultState(fault, applyNow === undefined ? undefined : (button) => applyNow(i, button)),
  ]);
  const columns = ['fault', 'planned', 'applied', 'healed', 'state'];
  section('faults', 'Faults', rows.length === 0 ? [] : [table(columns, rows)]);
}

/** @param {any} fault @param {((button: HTMLElement) => void) | undefined} applyNow */
function faultState(fault, applyNow) {
  if (fault.error !== null) return element('span', { class: 'bad' }, fault.error);
  const asked = fault.asked_ms === undefined ? '' : ', asked for';
  if (fault.applied_ms !== null)
    return fault.healed_ms === null
      ? element('span', { class: 'key' }, `applied now${asked}`)
      : `over, healed${asked}`;
  if (applyNow === undefined || asked !== '') return `to come${asked}`;
  const button = element('button', { type: 'button' }, `Apply now`);
  button.setAttribute('aria-label', `Apply now: ${fault.kind} ${fault.target}`);
  button.addEventListener('click', () => applyNow(button));
  return button;
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

/** @param {readonly any[]} tables As src/harness/report/tables.ts makes them. */
export function showTables(tables) {
  const shown = tables.map(({ title, columns, rows }) =>
    element(
      'section',
      { 'aria-label': title },
      element('h2', {}, title),
      table(
        columns.map((/** @type {any} */ column) => column.name),
        rows.map((/** @type {any[]} */ row) => row.map(cellOf)),
        columns.map((/** @type {any} */ column) => column.isNumber),
      ),
    ),
  );
  byId('tables').replaceChildren(...shown);
}

/** @param {any} cell */
function cellOf({ text, isCode, isDoubtful }) {
  if (isDoubtful) return element('span', { class: 'doubt' }, text);
  return isCode ? element('code', {}, text) : text;
}

/** While the load runs. @param {readonly any[]} lines */
export function showThresholds(lines) {
  const items = lines.map(({ text, tone }) => element('li', { class: tone }, text));
  const list = element('ul', { class: 'thresholds' }, ...items);
  section('thresholds', 'Thresholds so far', items.length === 0 ? [] : [list]);
}

/** In the tables, or by themselves. */
const SHOWN_ELSEWHERE = ['laws', 'declines', 'checks', 'metrics', 'faults'];

/** What the terminal's summary says and no table does. @param {any} end */
export function showFigures(end) {
  const entries = end.sections
    .filter((/** @type {any} */ one) => !SHOWN_ELSEWHERE.includes(one.label))
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
