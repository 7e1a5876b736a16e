/**
 * What became of each list: who appended which element, in which order the elements stand, and what readers saw. What a reader must
 * never see is found here, a read at a time; what only several transactions together show is found as cycles.
 *
 * The order of a list is its longest read. A reader's own appends at the end of what it reads are its own affair: what it saw of
 * others is what stands before them.
 */
import type { AnomalyName } from './claims.js';
import type { ListTransaction, ListValue } from './list-history.js';
import { listText, nameOf } from './list-words.js';

/** One thing that went wrong. */
export interface ListAnomaly {
  readonly name: AnomalyName;
  readonly witness: string;
  /** Numbers of the transactions that it takes. */
  readonly transactions: readonly number[];
}

export interface ListRead {
  readonly reader: number;
  /** How many elements of others it saw. */
  readonly length: number;
}

export interface ListVersions {
  readonly key: string;
  /** Elements in their order, as far as anybody read them. */
  readonly order: readonly ListValue[];
  /** Of each element of `order`; undefined where nobody appended it. */
  readonly writers: readonly (number | undefined)[];
  /** Of transactions that are ok, and agree with the order. */
  readonly reads: readonly ListRead[];
  /** Transactions that are ok, and of whose appends to it none was ever read. */
  readonly unread: readonly number[];
}

export interface AllVersions {
  readonly lists: readonly ListVersions[];
  readonly anomalies: readonly ListAnomaly[];
  /** Why nothing can be told: the script gave a value twice. */
  readonly ambiguous: string | undefined;
}

/** Number of the transaction and place of the append among those of its transaction to this list. */
interface Append {
  readonly writer: number;
  readonly isLast: boolean;
}

interface KeyFacts {
  readonly appends: Map<ListValue, Append>;
  readonly reads: { readonly reader: number; readonly values: readonly ListValue[] }[];
}

export function listVersions(transactions: readonly ListTransaction[]): AllVersions {
  const facts = new Map<string, KeyFacts>();
  const anomalies: ListAnomaly[] = [];
  let ambiguous: string | undefined;
  for (const [number, transaction] of transactions.entries()) {
    const twice = noteAppends(facts, number, transaction);
    if (twice !== undefined)
      ambiguous ??= `${nameOf(transactions, number)} appends ${twice}, which was appended before: values of a list must be distinct`;
    if (transaction.outcome !== 'ok') continue;
    noteReads(facts, number, transaction);
    for (const one of contradictions(transactions, number)) anomalies.push(one);
  }
  const lists = [...facts].map(([key, found]) => {
    const of = new OneList(key, found, transactions);
    const versions = of.versions();
    for (const one of of.anomalies) anomalies.push(one);
    return versions;
  });
  return { lists, anomalies, ambiguous };
}

/** The first value that was appended to its list before. */
function noteAppends(
  facts: Map<string, KeyFacts>,
  writer: number,
  { operations }: ListTransaction,
): string | undefined {
  let twice: string | undefined;
  const later = new Set<string>();
  for (const operation of operations.toReversed()) {
    if (operation.does !== 'append') continue;
    const { key, value } = operation;
    const { appends } = factsOf(facts, key);
    if (appends.has(value)) twice = `${JSON.stringify(value)} to ${key}`;
    appends.set(value, { writer, isLast: !later.has(key) });
    later.add(key);
  }
  return twice;
}

function noteReads(
  facts: Map<string, KeyFacts>,
  reader: number,
  { operations }: ListTransaction,
): void {
  for (const operation of operations)
    if (operation.does === 'read')
      factsOf(facts, operation.key).reads.push({ reader, values: operation.values });
}

function factsOf(facts: Map<string, KeyFacts>, key: string): KeyFacts {
  const known = facts.get(key);
  if (known !== undefined) return known;
  const made: KeyFacts = { appends: new Map(), reads: [] };
  facts.set(key, made);
  return made;
}

/** A read must be what the transaction read of the list before, with what it appended since. */
function contradictions(transactions: readonly ListTransaction[], number: number): ListAnomaly[] {
  const found: ListAnomaly[] = [];
  /** By list: what it must begin with (undefined: with anything), and end with. */
  const expected = new Map<string, { seen: readonly ListValue[] | undefined; own: ListValue[] }>();
  for (const operation of transactions[number]?.operations ?? []) {
    const { key } = operation;
    const known = expected.get(key) ?? { seen: undefined, own: [] };
    expected.set(key, known);
    if (operation.does === 'append') {
      known.own.push(operation.value);
      continue;
    }
    const { values } = operation;
    const { seen, own } = known;
    const start = values.slice(0, Math.max(0, values.length - own.length));
    const isAsExpected =
      isSame(values.slice(start.length), own) && (seen === undefined || isSame(start, seen));
    if (!isAsExpected) {
      const due =
        seen === undefined ? `a list that ends with ${listText(own)}` : listText([...seen, ...own]);
      const witness = `${nameOf(transactions, number)} reads ${key} as ${listText(values)}, where by what it did before it must read ${due}`;
      found.push({ name: 'internal', witness, transactions: [number] });
    }
    expected.set(key, { seen: values, own: [] });
  }
  return found;
}

function isSame(one: readonly ListValue[], other: readonly ListValue[]): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

class OneList {
  readonly anomalies: ListAnomaly[] = [];
  readonly #key: string;
  readonly #facts: KeyFacts;
  readonly #transactions: readonly ListTransaction[];
  readonly #order: readonly ListValue[];

  constructor(key: string, facts: KeyFacts, transactions: readonly ListTransaction[]) {
    this.#key = key;
    this.#facts = facts;
    this.#transactions = transactions;
    this.#order = facts.reads.reduce<readonly ListValue[]>(
      (longest, { values }) => (values.length > longest.length ? values : longest),
      [],
    );
  }

  versions(): ListVersions {
    const { appends, reads } = this.#facts;
    const longest = reads.find(({ values }) => values === this.#order)?.reader;
    const agreeing: ListRead[] = [];
    for (const { reader, values } of reads) {
      this.#lookAt(reader, values);
      const at = values.findIndex((value, index) => value !== this.#order[index]);
      if (at >= 0) this.#disagrees(reader, { values, longest: longest ?? reader });
      else agreeing.push({ reader, length: this.#seenOfOthers(reader, values) });
    }
    const read = new Set(this.#order);
    const wasRead = new Set(this.#order.map((value) => appends.get(value)?.writer));
    const unread = [...appends]
      .filter(([value, { writer }]) => !read.has(value) && !wasRead.has(writer))
      .map(([, { writer }]) => writer)
      .filter((writer) => this.#transactions[writer]?.outcome === 'ok');
    return {
      key: this.#key,
      order: this.#order,
      writers: this.#order.map((value) => appends.get(value)?.writer),
      reads: agreeing,
      unread: [...new Set(unread)],
    };
  }

  /** What stands before the first element of its own. */
  #seenOfOthers(reader: number, values: readonly ListValue[]): number {
    const { appends } = this.#facts;
    const own = values.findIndex((value) => appends.get(value)?.writer === reader);
    return own < 0 ? values.length : own;
  }

  #lookAt(reader: number, values: readonly ListValue[]): void {
    const { appends } = this.#facts;
    const seen = new Set<ListValue>();
    for (const value of values) {
      const element = `${JSON.stringify(value)} of ${this.#key}`;
      const append = appends.get(value);
      const writer = append?.writer;
      if (seen.has(value)) this.#found('duplicate-elements', `reads ${element} twice`, [reader]);
      seen.add(value);
      if (writer === undefined)
        this.#found('garbage-read', `reads ${element}, which nobody appended`, [reader]);
      else if (this.#transactions[writer]?.outcome === 'failed')
        this.#found(
          'G1a',
          `reads ${element}, which ${this.#name(writer)} appended, and that failed`,
          [reader, writer],
        );
    }
    const last = values[this.#seenOfOthers(reader, values) - 1];
    const append = last === undefined ? undefined : appends.get(last);
    if (append !== undefined && !append.isLast && append.writer !== reader)
      this.#found(
        'G1b',
        `reads ${this.#key} as ${listText(values)}, up to the middle of what ${this.#name(append.writer)} appends to it`,
        [reader, append.writer],
      );
  }

  #disagrees(
    reader: number,
    { values, longest }: { readonly values: readonly ListValue[]; readonly longest: number },
  ): void {
    this.#found(
      'incompatible-order',
      `reads ${this.#key} as ${listText(values)}, and ${this.#name(longest)} reads it as ${listText(this.#order)}`,
      [reader, longest],
    );
  }

  /** `words` follow the name of the first of the transactions. */
  #found(name: AnomalyName, words: string, transactions: readonly number[]): void {
    const [first = 0] = transactions;
    this.anomalies.push({ name, witness: `${this.#name(first)} ${words}`, transactions });
  }

  #name(number: number): string {
    return nameOf(this.#transactions, number);
  }
}
