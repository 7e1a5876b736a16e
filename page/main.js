/** The page of a drill: listens to the news, keeps what it was told, and shows it. What is told: src/harness/ui/page-news.ts. */
import { Chart } from './chart.js';
import { CurveChart } from './curve.js';
import { byId, element } from './dom.js';
import { clock, cores, count, timeUs } from './format.js';
import {
  showFaults,
  showFigures,
  showLaws,
  showLife,
  showNotices,
  showTables,
  showThresholds,
  showTiles,
} from './panels.js';

const PHASES = {
  calibrate: 'Calibrating: how much this machine carries',
  start: 'Starting the target',
  load: 'Under load',
  heal: 'Healing the faults',
  teardown: 'Running teardown()',
  settle: 'Settling: looking up what is unknown',
  books: 'Reading the books',
  verify: 'Judging',
  keep: 'Keeping the records',
};

/** Out of the address that was printed. */
const token = new URLSearchParams(location.search).get('token') ?? '';
const known = nothingKnown();
const charts = {
  rate: new Chart({ title: 'Payments a second', scale: 'linear', format: count }),
  time: new Chart({ title: 'Response time', scale: 'log', format: timeUs }),
  open: new Chart({ title: 'In flight, unknown, dropped', scale: 'linear', format: count }),
};
const curve = new CurveChart();
byId('charts').append(...Object.values(charts).map(({ figure }) => figure), curve.figure);
/** By process: small ones, all with the same scale. @type {Map<string, Chart>} */
const cpuCharts = new Map();
listen();
readyHalt();
readyPause();

function nothingKnown() {
  return {
    /** @type {any[]} */ rows: [],
    /** @type {any[]} */ processes: [],
    /** @type {string[]} */ notices: [],
    /** @type {any[]} */ faults: [],
    /** @type {any[]} */ pauses: [],
    /** @type {Record<string, number>} */ declines_by_code: {},
    /** @type {any[]} */ tables: [],
    /** @type {any} */ curves: undefined,
    left_out: '',
    /** @type {any[]} */ laws: [],
    /** @type {any} */ life: undefined,
    /** @type {any[]} */ thresholds: [],
    /** @type {any} */ tick: undefined,
    /** @type {any} */ end: undefined,
    /** @type {keyof PHASES | undefined} */ phase: undefined,
    script: '',
  };
}

function listen() {
  const source = new EventSource(`/news?token=${encodeURIComponent(token)}`);
  source.addEventListener('all', (event) => {
    Object.assign(known, nothingKnown());
    take(source, JSON.parse(event.data));
  });
  source.addEventListener('news', (event) => take(source, JSON.parse(event.data)));
  source.addEventListener('error', () => {
    if (known.end === undefined)
      say('No word from paydrill: it has ended, or was stopped. Trying again.');
  });
}

/** @param {EventSource} source @param {any} news */
function take(source, news) {
  known.rows.push(...news.rows);
  known.processes.push(...news.processes);
  known.notices.push(...news.notices);
  for (const name of /** @type {const} */ ([
    'script',
    'faults',
    'pauses',
    'declines_by_code',
    'tables',
    'curves',
    'left_out',
    'laws',
    'life',
    'thresholds',
    'tick',
    'phase',
    'end',
  ]))
    if (news[name] !== undefined) known[name] = news[name];
  if (known.end !== undefined) source.close(); // there is nothing more to come
  show();
}

function show() {
  const { end, phase, script, tick } = known;
  byId('script').textContent = end === undefined ? script : `${script}, ${end.started_at}`;
  if (end !== undefined) showEnd(end);
  else {
    const words = phase === undefined ? 'Starting' : PHASES[phase];
    byId('acts').hidden = !isHaltable();
    showPause();
    const where = phase === 'load' && isPaused() ? 'Paused' : words;
    headline(tick?.stage ? `${where}: ${tick.stage}` : where, 'tone-running');
    say(
      tick === undefined ? '' : `${clock(tick.elapsedMs / 1000)} of ${clock(tick.totalMs / 1000)}`,
    );
  }
  showTiles(end === undefined ? tilesNow() : tilesAtEnd());
  showCharts();
  showFaults(known.faults, phase === 'load' && isHaltable() ? applyFault : undefined);
  showLaws(known.laws);
  showLife(known.life);
  showThresholds(known.thresholds);
  showTables(known.tables);
  showNotices(known.notices);
}

/** @param {any} end */
function showEnd(end) {
  headline(end.headline, `tone-${end.tone}`, end.word);
  say(`exit code ${end.exit_code}`);
  byId('acts').hidden = true;
  showFigures(end);
  byId('foot').replaceChildren(
    element('p', {}, 'The run folder: ', element('code', {}, end.folder)),
    element('p', {}, 'The same drill again: ', element('code', {}, end.command)),
    element('p', {}, 'This page again: ', element('code', {}, `paydrill report ${end.folder}`)),
  );
}

/** @param {string} text @param {string} tone @param {string} [word] */
function headline(text, tone, word) {
  const place = byId('headline');
  const whole = word === undefined ? text : `${word}: ${text}`;
  byId('head').className = `verdict ${tone}`;
  if (place.dataset.whole === whole) return; // told once to those who listen
  place.dataset.whole = whole;
  place.replaceChildren(
    ...(word === undefined ? [] : [element('span', { class: 'word' }, word), ' ']),
    text,
  );
  document.title = `${word ?? text} - paydrill`;
}

/** @param {string} text */
function say(text) {
  byId('state').textContent = text;
}

/** @returns {[string, string, string][]} */
function tilesNow() {
  const { tick, rows } = known;
  const last = rows[rows.length - 1];
  if (tick === undefined) return [];
  if (isRequestsOnly()) {
    const { perSec, total, failed } = tick.requests;
    return [
      ['requests/s', count(perSec), `${count(total)} so far`],
      [
        'p99',
        timeUs(last?.http_p99_us),
        `p50 ${timeUs(last?.http_p50_us)}, p99.9 ${timeUs(last?.http_p999_us)}`,
      ],
      ['failed', count(failed), `of ${count(total)} requests`],
      ['dropped', count(tick.droppedIterations), `${count(tick.lateStarts)} late starts`],
    ];
  }
  return [
    ['acknowledged/s', count(tick.paymentsPerSecNow), `planned ${count(tick.plannedPerSecNow)}`],
    ['p99', timeUs(last?.p99_us), `p50 ${timeUs(last?.p50_us)}, p99.9 ${timeUs(last?.p999_us)}`],
    ['in flight', count(tick.inFlight), `${count(tick.okTotal)} acknowledged so far`],
    ['unknown', count(tick.unknownNow), `${count(tick.notSentTotal)} not sent`],
    ['declined', count(tick.declinedTotal), declineWords()],
    ['dropped', count(tick.droppedIterations), `${count(tick.lateStarts)} late starts`],
  ];
}

/** The most frequent codes. */
function declineWords() {
  const codes = Object.entries(known.declines_by_code).slice(0, 4);
  return codes.map(([code, n]) => `${code} ${count(n)}`).join(', ');
}

/** @returns {[string, string, string][]} */
function tilesAtEnd() {
  const sum = (/** @type {string} */ field) => known.rows.reduce((all, row) => all + row[field], 0);
  const mostOf = (/** @type {string} */ field) =>
    known.rows.reduce((all, row) => Math.max(all, row[field]), 0);
  const dropped = /** @type {const} */ ([
    'dropped',
    count(sum('dropped_iterations')),
    `${count(sum('late_starts'))} late starts`,
  ]);
  if (isRequestsOnly())
    return [
      ['requests', count(sum('http_reqs')), `best second ${count(mostOf('http_reqs'))}`],
      ['failed', count(sum('http_failed')), 'requests'],
      ['planned', count(sum('planned')), 'iterations'],
      [...dropped],
    ];
  return [
    ['acknowledged', count(sum('ok')), `best second ${count(mostOf('ok'))}`],
    ['planned', count(sum('planned')), 'iterations'],
    ['declined', count(sum('declined')), declineWords()],
    [...dropped],
  ];
}

/** A script that pays nobody and makes requests is shown by these. */
function isRequestsOnly() {
  const asks = (/** @type {any} */ row) =>
    row.ok + row.declined + row.not_sent + row.unknown + row.in_flight > 0;
  return known.rows.some((row) => row.http_reqs > 0) && !known.rows.some(asks);
}

function showCharts() {
  if (known.curves !== undefined) curve.draw(known.curves, known.left_out);
  const { rows, processes, tick } = known;
  const bands = [...known.pauses.map(pauseBand), ...known.faults.flatMap(bandsOf)];
  const lastS = Math.floor((tick?.elapsedMs ?? 0) / 1000);
  const column = (/** @type {string} */ field) => rows.map((row) => row[field] ?? null);
  const requestsOnly = isRequestsOnly();
  if (requestsOnly) showRequests({ bands, lastS }, column);
  else showPayments({ bands, lastS }, column);
  charts.open.figure.hidden = requestsOnly;
  showCpu(processes, { bands, lastS });
}

/** @typedef {{ bands: any[], lastS: number }} Span @typedef {(field: string) => (number | null)[]} Column */

/** @param {Span} span @param {Column} column */
function showRequests(span, column) {
  charts.rate.draw({
    ...span,
    title: 'Requests a second',
    series: [
      { name: 'requests', line: 1, area: true, values: column('http_reqs') },
      { name: 'failed', line: 2, values: column('http_failed') },
    ],
  });
  charts.time.draw({ ...span, title: 'Request duration', series: timesOf('http_', column) });
}

/** @param {string} prefix @param {Column} column */
function timesOf(prefix, column) {
  return ['p50', 'p90', 'p99', 'p999'].map((name, i) => ({
    name: name === 'p999' ? 'p99.9' : name,
    line: 4 + i,
    values: column(`${prefix}${name}_us`),
  }));
}

/** @param {Span} span @param {Column} column */
function showPayments(span, column) {
  charts.rate.draw({
    ...span,
    title: 'Payments a second',
    series: [
      { name: 'acknowledged', line: 1, area: true, values: column('ok') },
      { name: 'planned', line: 0, values: column('planned') },
      { name: 'declined', line: 2, values: column('declined') },
    ],
  });
  const times = { ...span, title: 'Response time', series: timesOf('', column) };
  charts.time.draw(times, known.left_out);
  charts.open.draw({
    ...span,
    series: [
      { name: 'in flight', line: 1, values: column('in_flight') },
      { name: 'unknown', line: 2, values: column('unknown') },
      { name: 'dropped', line: 3, values: column('dropped_iterations') },
    ],
  });
}

/** @param {readonly any[]} rows @param {{ bands: any[], lastS: number }} time */
function showCpu(rows, { bands, lastS }) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.processes)))].sort();
  const values = (/** @type {string} */ name) =>
    rows.map((row) => row.processes[name]?.cores ?? null);
  const most = Math.max(0, ...names.flatMap(values).map((value) => value ?? 0));
  byId('cpu').hidden = names.length === 0;
  for (const name of names) {
    let chart = cpuCharts.get(name);
    if (chart === undefined) {
      chart = new Chart({ title: name, scale: 'linear', format: cores, isSmall: true });
      cpuCharts.set(name, chart);
      byId('processes').append(chart.figure);
    }
    chart.draw({
      bands,
      lastS,
      most,
      series: [{ name: 'cores', line: 1, area: true, values: values(name) }],
    });
  }
}

/** @param {any} pause */
function pauseBand({ from_ms: from, to_ms: to }) {
  const toS = to === null ? Number.POSITIVE_INFINITY : to / 1000;
  return { kind: 'pause', label: 'paused', title: '', fromS: from / 1000, toS };
}

/** While it was felt, and until the target had recovered. @param {any} fault @param {number} i */
function bandsOf(
  { kind, target, applied_ms: applied, healed_ms: healed, recovered_ms: recovered },
  i,
) {
  if (applied === null) return [];
  const [label, title] = [String(i + 1), `${kind} ${target}`];
  const toS = healed === null ? Number.POSITIVE_INFINITY : healed / 1000;
  const felt = { kind: 'fault', label, title, fromS: applied / 1000, toS };
  if (healed === null || !(recovered > healed)) return [felt];
  const recovery = { kind: 'recovery', label: '', title: `recovering from ${title}` };
  return [felt, { ...recovery, fromS: toS, toS: recovered / 1000 }];
}

/** There is a drill, and its load is not over. */
function isHaltable() {
  const { phase } = known;
  const hasLoad = phase === undefined || ['calibrate', 'start', 'load'].includes(phase);
  return meta('paydrill-acts') === 'true' && hasLoad;
}

function isPaused() {
  const last = known.pauses[known.pauses.length - 1];
  return last !== undefined && last.to_ms === null;
}

/** While a request is under way its words stay. */
function showPause() {
  const button = byId('pause');
  button.hidden = known.phase !== 'load';
  if (button.dataset.asked !== 'yes')
    button.textContent = isPaused() ? 'Go on with the load' : 'Pause the load';
}

function readyPause() {
  const button = byId('pause');
  button.addEventListener('click', async () => {
    const paused = isPaused();
    button.dataset.asked = 'yes';
    button.setAttribute('disabled', '');
    button.textContent = paused ? 'Going on' : 'Pausing';
    const refusal = await post(paused ? '/resume' : '/pause');
    if (refusal !== '') button.textContent = `Not done: ${refusal}`;
    // What came of it is in the next news.
    setTimeout(() => {
      button.removeAttribute('disabled');
      button.dataset.asked = 'no';
      showPause();
    }, 1500);
  });
}

/** Twice, so that no slip ends a drill. */
function readyHalt() {
  const button = byId('halt');
  const isSure = () => button.dataset.asked === 'yes';
  const ask = (/** @type {boolean} */ asked) => {
    button.dataset.asked = asked ? 'yes' : 'no';
    button.textContent = asked ? 'Press again to halt: what ran is judged' : 'Halt the load';
  };
  button.addEventListener('blur', () => ask(false));
  button.addEventListener('click', async () => {
    if (!isSure()) {
      ask(true);
      return;
    }
    button.setAttribute('disabled', '');
    button.textContent = 'Halting';
    const refusal = await post('/halt');
    if (refusal !== '') button.textContent = `Not halted: ${refusal}`;
  });
}

/** @param {number} index @param {HTMLElement} button */
async function applyFault(index, button) {
  button.setAttribute('disabled', '');
  const refusal = await post(`/faults/${index}`);
  if (refusal !== '') button.textContent = `Not applied: ${refusal}`;
}

/** Asks for it as the page that it is. Resolves to why it was refused, or nothing. @param {string} path */
async function post(path) {
  try {
    const headers = { 'x-paydrill-token': token };
    const answer = await fetch(path, { method: 'POST', headers });
    return answer.ok ? '' : (await answer.text()).trim();
  } catch {
    return 'paydrill does not answer';
  }
}

/** @param {string} name */
function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.getAttribute('content') ?? '';
}
