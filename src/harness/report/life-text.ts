/**
 * The life of one operation as text, to be read from top to bottom: what was asked and answered, what the books have of it, what it
 * is tied to, which faults were felt meanwhile, and which laws it breaks. Pure. Times are on the drill's clock.
 */
import type {
  ActiveFault,
  Asked,
  BrokenLaw,
  Entry,
  Leg,
  OperationLife,
  Related,
} from '../verify/explain/operation-life.js';
import { count, outdented, plural, wrap } from './format.js';
import { amountText, balanceWords, momentText, signed } from './life-words.js';
import type { Paint } from './paint.js';
import { printable } from './printable.js';

export interface LifePage {
  readonly columns: number;
  readonly paint: Paint;
  /** Path of the run folder, as the reader would type it. */
  readonly folder: string;
  /** The queries of the broken laws in full. */
  readonly sql: boolean;
}

const LABEL_COLUMNS = 10;
const COLUMNS_MIN = 60;

export function lifeText(life: OperationLife, page: LifePage): string {
  const { paint } = page;
  const [first] = life.asked;
  const title = first?.title ?? `operation ${life.id}: nobody asked for it`;
  const lines = [
    ...wrap(printable(title), width(page)).map(paint.strong),
    '',
    ...life.asked.flatMap((asked) => askedLines(asked, page)),
    ...entryLines(life, page),
    ...life.related.flatMap((related) => relatedLines(related, page)),
    ...faultLines(life.faults, page),
    ...lawLines(life, page),
    ...life.notes.flatMap((note) => labelled('note', note, page, paint.doubt)),
    ...labelled('clock', clockWords(life), page, paint.faint),
  ];
  return `${lines.join('\n')}\n`;
}

function clockWords({ load_started_us: started }: OperationLife): string {
  const since = 'times are mm:ss.mmm since the drill began';
  return started === null ? since : `${since}; its load began at ${momentText(started)}`;
}

function askedLines(asked: Asked, page: LifePage): string[] {
  const { invoked_us: invoked, intended_us: intended, reference, timeout_s: timeoutS } = asked;
  const facts = [
    `channel ${asked.channel}`,
    `due ${momentText(intended)}`,
    `worker ${asked.worker}, scenario ${asked.scenario}`,
    ...(timeoutS === null ? [] : [`for ${timeoutS} s`]),
    ...(reference === null ? [] : [`refers to ${reference}`]),
  ];
  return [
    ...labelled('asked', `${momentText(invoked)}  ${asked.kind}, ${facts.join(', ')}`, page),
    ...answerLines(asked, page),
    ...asked.receipt.flatMap((leg, at) =>
      labelled(at === 0 ? 'receipt' : '', balanceWords(leg), page),
    ),
  ];
}

function answerLines(asked: Asked, page: LifePage): string[] {
  const { attempts, completed_us: completed, outcome, resolution, result, sent_us: sent } = asked;
  if (completed === null) {
    return labelled(
      'answered',
      'never, and no look-up told what became of it',
      page,
      page.paint.doubt,
    );
  }
  const times = `${momentText(completed)}  `;
  const how =
    resolution === 'look_up'
      ? ', found by look-up after the load, nobody had answered'
      : sent === null || attempts === 0
        ? ', nothing was sent'
        : `, to the attempt sent ${momentText(sent)}`;
  const tries = (attempts ?? 0) > 1 ? `; ${plural(attempts ?? 0, 'attempt')} in all` : '';
  return labelled('answered', `${times}${outcome}: ${result}${how}${tries}`, page);
}

function entryLines(life: OperationLife, page: LifePage): string[] {
  if (life.entries.length === 0)
    return labelled('books', 'no entry on any shard', page, page.paint.doubt);
  const layout = layoutOf(life.entries.flatMap(({ legs }) => legs));
  const lines = life.entries.flatMap((entry) => [
    headOf(entry, life.id),
    ...entry.legs.map((leg) => `  ${legLine(leg, layout)}`),
  ]);
  const more = life.entries_left_out;
  if (more > 0) lines.push(`and ${count(more)} more`);
  return lines.map((line, at) => `${label(at === 0 ? 'books' : '', page)}${printable(line)}`);
}

function headOf(entry: Entry, id: string): string {
  const { at_us: at, command, id: own, lsn, peer, role, shard, result } = entry;
  const where = `shard ${shard} #${lsn}`;
  const when = at === null ? `ledger time ${entry.timestamp_us}` : momentText(at);
  const half = role === 'local' ? '' : ` (${role}, with shard ${peer})`;
  const of = own === id ? '' : ` of ${own}`;
  return `${when}  ${where}  ${command}${of} ${result}${half}`;
}

interface LegLayout {
  readonly account: number;
  readonly posting: number;
  readonly pending: number;
  readonly balance: number;
}

function layoutOf(legs: readonly Leg[]): LegLayout {
  const widest = (of: (leg: Leg) => string): number =>
    legs.reduce((most, leg) => Math.max(most, of(leg).length), 0);
  return {
    account: widest(({ account }) => account),
    posting: widest(({ posting }) => signed(posting)),
    pending: widest(({ pending }) => pending),
    balance: widest(({ balance }) => amountText(balance)),
  };
}

function legLine(leg: Leg, layout: LegLayout): string {
  return [
    leg.account.padEnd(layout.account),
    signed(leg.posting).padStart(layout.posting),
    leg.pending.padEnd(layout.pending),
    'balance',
    amountText(leg.balance).padStart(layout.balance),
    `version ${leg.version}`,
  ].join('  ');
}

function relatedLines({ how, text }: Related, page: LifePage): string[] {
  const words = how === 'it refers to' ? 'refers to' : 'named by';
  return labelled(words, text, page);
}

function faultLines(faults: readonly ActiveFault[], page: LifePage): string[] {
  if (faults.length === 0) return labelled('faults', 'none was felt meanwhile', page);
  return faults.flatMap(({ applied_us: from, fault, healed_us: to, kind, target }, at) => {
    const until = to === null ? ', never healed' : ` to ${momentText(to)}`;
    const text = `#${fault} ${kind} ${target}, ${momentText(from)}${until}`;
    return labelled(at === 0 ? 'faults' : '', text, page);
  });
}

function lawLines({ broken }: OperationLife, page: LifePage): string[] {
  if (broken.length === 0) return labelled('laws', 'it breaks none', page);
  const { paint } = page;
  return broken.flatMap((law) => [
    ...labelled('BREAKS', `${law.name}: ${law.statement}`, page, paint.bad),
    ...law.problems.flatMap((problem) => labelled('', `it ${problem}`, page)),
    ...(page.sql
      ? outdented(law.sql)
          .split('\n')
          .map((line) => `${label('', page)}${printable(line)}`)
      : labelled('', `its query: ${queryWords(law, page)}`, page, paint.faint)),
  ]);
}

function queryWords({ file, name, neutral }: BrokenLaw, { folder }: LifePage): string {
  if (file !== null) return `${folder}/${file}`;
  return `paydrill laws --sql ${name}${neutral === true ? ' --neutral' : ''}`;
}

/** A text that is wrapped beside its label. */
function labelled(
  name: string,
  text: string,
  page: LifePage,
  colour: (text: string) => string = (same) => same,
): string[] {
  const rows = wrapKeeping(printable(text), width(page) - LABEL_COLUMNS);
  return rows.map((row, at) => `${label(at === 0 ? name : '', page)}${colour(row)}`);
}

/** Where it fits one line its spaces stay as they are. */
function wrapKeeping(text: string, columns: number): string[] {
  return text.length <= columns ? [text] : wrap(text, columns);
}

function label(name: string, { paint }: LifePage): string {
  return paint.faint(name.padEnd(LABEL_COLUMNS));
}

function width({ columns }: LifePage): number {
  return Math.max(COLUMNS_MIN, columns);
}
