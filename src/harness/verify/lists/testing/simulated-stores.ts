/**
 * For tests of the judge: histories as clients of a store would tell them, from stores of known isolation that run in memory, one
 * micro-operation after the other. What the clients are told of some transactions is lost: those are unknown, and happened or not.
 */
import { Random } from '../../../entropy/random.js';
import type { ListOperation, ListOutcome, ListTransaction, ListValue } from '../list-history.js';

/** `serial`: one transaction after the other. `snapshot`: each reads as of its begin; who commits first of two that append to one list wins. */
export type StoreKind = 'serial' | 'snapshot';

interface Wish {
  readonly does: 'append' | 'read';
  readonly key: string;
}

interface Session {
  readonly vu: number;
  readonly invokedUs: number;
  readonly wishes: Wish[];
  readonly operations: ListOperation[];
  readonly snapshot: ReadonlyMap<string, readonly ListValue[]>;
  /** Of each list it appends to, how long it was when it began. */
  readonly own: Map<string, ListValue[]>;
}

const VUS = 4;
const KEYS = 3;

export function simulated(kind: StoreKind, seed: number, count: number): ListTransaction[] {
  return new Simulation(kind, seed).run(count);
}

class Simulation {
  readonly #kind: StoreKind;
  readonly #random: Random;
  readonly #lists = new Map<string, ListValue[]>();
  readonly #sessions = new Map<number, Session>();
  readonly #told: ListTransaction[] = [];
  #nowUs = 0;
  #value = 0;

  constructor(kind: StoreKind, seed: number) {
    this.#kind = kind;
    this.#random = new Random(seed);
  }

  run(count: number): ListTransaction[] {
    while (this.#told.length < count) this.#step();
    return this.#told;
  }

  /** One virtual user does one thing; a serial store lets nobody else begin meanwhile. */
  #step(): void {
    this.#nowUs += 1 + this.#random.int(5);
    const [running] = this.#kind === 'serial' ? [...this.#sessions.values()] : [];
    const vu = running?.vu ?? this.#random.int(VUS);
    const session = running ?? this.#sessions.get(vu);
    if (session === undefined) this.#begin(vu);
    else if (session.wishes.length > 0) this.#act(session);
    else this.#end(session);
  }

  #begin(vu: number): void {
    const wishes = Array.from({ length: 1 + this.#random.int(4) }, () => ({
      does: this.#random.int(2) === 0 ? ('append' as const) : ('read' as const),
      key: 'xyz'.charAt(this.#random.int(KEYS)),
    }));
    // It was asked before it began.
    const invokedUs = Math.max(0, this.#nowUs - this.#random.int(20));
    const snapshot = new Map([...this.#lists].map(([key, values]) => [key, [...values]]));
    const own = new Map<string, ListValue[]>();
    this.#sessions.set(vu, { vu, invokedUs, wishes, operations: [], snapshot, own });
  }

  #act({ wishes, operations, own, snapshot }: Session): void {
    const wish = wishes.shift();
    if (wish === undefined) return;
    const { does, key } = wish;
    if (does === 'append') {
      const value = ++this.#value;
      own.set(key, [...(own.get(key) ?? []), value]);
      operations.push({ does, key, value });
    } else
      operations.push({
        does,
        key,
        values: [...(snapshot.get(key) ?? []), ...(own.get(key) ?? [])],
      });
  }

  #end(session: Session): void {
    this.#sessions.delete(session.vu);
    const { operations, own, snapshot, vu, invokedUs } = session;
    const lostRace = [...own.keys()].some(
      (key) => (this.#lists.get(key)?.length ?? 0) !== (snapshot.get(key)?.length ?? 0),
    );
    const commits = !lostRace && this.#random.int(10) > 0;
    if (commits)
      for (const [key, values] of own)
        this.#lists.set(key, [...(this.#lists.get(key) ?? []), ...values]);
    const outcome: ListOutcome = this.#random.int(8) === 0 ? 'unknown' : commits ? 'ok' : 'failed';
    const completedUs =
      outcome === 'unknown' ? Number.POSITIVE_INFINITY : this.#nowUs + this.#random.int(20);
    this.#told.push({ vu, invokedUs, completedUs, outcome, operations });
  }
}
