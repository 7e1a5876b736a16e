/** The tables of the page. */
import { byId, element, table } from './dom.js';
import { clock, count, lengthMs } from './format.js';
import { picture } from './picture.js';

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
    recoveryWords(fault),
    faultState(fault, applyNow === undefined ? undefined : (button) => applyNow(i, button)),
  ]);
  const columns = ['fault', 'planned', 'applied', 'healed', 'recovered after', 'state'];
  section('faults', 'Faults', rows.length === 0 ? [] : [table(columns, rows)]);
}

/** Known at the end. @param {any} fault */
function recoveryWords({ healed_ms: healed, recovered_ms: recovered, overlaps }) {
  if (recovered === undefined || healed === null) return '-';
  if (recovered !== null) return lengthMs(Math.max(0, recovered - healed));
  return overlaps.length > 0
    ? `overlaps ${overlaps.map((/** @type {number} */ n) => `#${n}`).join(', ')}`
    : 'not seen';
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
  to_come: 'to come',
  holds: 'holds',
  broken: 'BROKEN',
  undecided: 'undecided',
  not_exercised: 'not exercised',
};

/** Once all are judged; until then each stays where it is. */
const WORST_FIRST = ['broken', 'undecided', 'holds', 'not_exercised'];

let lawsShown = '';

/** As src/harness/report/law-rows.ts makes them: while they are judged too. @param {readonly any[]} laws */
export function showLaws(laws) {
  const shown = JSON.stringify(laws);
  if (shown === lawsShown) return;
  lawsShown = shown;
  const known = laws.filter(({ status }) => status !== 'to_come').length;
  const title = known === laws.length ? 'Laws' : `Laws: ${known} of ${laws.length} judged`;
  const ordered =
    known < laws.length
      ? laws
      : WORST_FIRST.flatMap((status) => laws.filter((law) => law.status === status));
  const rows = ordered.map((law) => [
    element(
      'span',
      {},
      element('code', {}, law.name),
      ...(law.statement === null ? [] : [element('div', { class: 'detail' }, law.statement)]),
      ...(law.witness === null ? [] : [element('pre', { class: 'witness' }, law.witness)]),
      ...(law.follows_from.length === 0
        ? []
        : [element('div', { class: 'detail' }, `may follow from ${law.follows_from.join(', ')}`)]),
    ),
    element(
      'span',
      { class: `status ${law.status}` },
      STATUS[/** @type {keyof STATUS} */ (law.status)],
    ),
    ...(law.status === 'to_come' ? ['-', '-'] : [count(law.checked), count(law.violations)]),
  ]);
  const columns = ['law', 'status', 'checked', 'violations'];
  const content = rows.length === 0 ? [] : [table(columns, rows, [false, false, true, true])];
  section('laws', title, content);
}

let lifeShown = '';

/** The operation that a broken law is about, as src/harness/report/life-view.ts tells it. @param {any} life */
export function showLife(life) {
  const shown = JSON.stringify(life ?? '');
  if (shown === lifeShown) return;
  lifeShown = shown;
  if (life === undefined) return;
  const { title, pictures, broken, notes, moments } = life;
  section('life', 'The operation that shows it', [
    element(
      'figure',
      {},
      element('figcaption', {}, element('b', {}, title)),
      ...pictures.flatMap(picture),
    ),
    ...broken.map((/** @type {any} */ { law, problems }) =>
      element('p', { class: 'problem' }, element('code', {}, law), ` ${problems.join(' ')}`),
    ),
    ...notes.map((/** @type {string} */ note) => element('p', { class: 'problem' }, note)),
    element('h3', {}, moments.title),
    plainTable(moments),
  ]);
}

/** @param {readonly any[]} tables As src/harness/report/tables.ts makes them. */
export function showTables(tables) {
  const shown = tables.map(({ title, columns, rows }) =>
    element(
      'section',
      { 'aria-label': title },
      element('h2', {}, title),
      plainTable({ columns, rows }),
    ),
  );
  byId('tables').replaceChildren(...shown);
}

/** @param {{ columns: readonly any[], rows: readonly any[][] }} of */
function plainTable({ columns, rows }) {
  return table(
    columns.map(({ name }) => name),
    rows.map((row) => row.map(cellOf)),
    columns.map(({ isNumber }) => isNumber),
  );
}

/** @param {any} cell */
function cellOf({ text, isCode, isDoubtful, isKey, details = [] }) {
  if (isKey) return element('span', { class: 'key' }, text);
  if (details.length > 0) {
    const lines = details.map((/** @type {string} */ line) =>
      element('div', { class: 'detail' }, line),
    );
    return element('div', { class: 'moment' }, text, ...lines);
  }
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
