/**
 * From an operation id to its record: 256 open-addressing tables of (hash, record + 1); each doubles by itself, a few
 * hundred us at a time. What the id of a record is, only ids.ts knows: it walks the table itself to find one.
 */
const TABLES = 256;
const TABLE_START = 64;

export class IdIndex {
  readonly #tables: Uint32Array[] = [];
  readonly #used = new Int32Array(TABLES);

  constructor() {
    for (let i = 0; i < TABLES; i++) this.#tables.push(new Uint32Array(TABLE_START * 2));
  }

  /** Pairs of (hash, record + 1; 0 = none), a power of two of them; looked for from `hash >>> 8` on. */
  table(hash: number): Uint32Array {
    return this.#tables[hash & (TABLES - 1)];
  }

  touch(hash: number): number {
    const table = this.table(hash);
    return table[((hash >>> 8) & ((table.length >>> 1) - 1)) * 2] & 1;
  }

  add(hash: number, record: number): void {
    const number = hash & (TABLES - 1);
    let table = this.#tables[number];
    if (++this.#used[number] * 10 > table.length * 3.5) {
      table = doubled(table);
      this.#tables[number] = table;
    }
    place(table, hash, record + 1);
  }

  remove(hash: number, record: number): void {
    const number = hash & (TABLES - 1);
    const table = this.#tables[number];
    const mask = (table.length >>> 1) - 1;
    let hole = (hash >>> 8) & mask;
    while (table[hole * 2 + 1] !== record + 1) {
      if (table[hole * 2 + 1] === 0) throw new Error('an id to forget is not in the index');
      hole = (hole + 1) & mask;
    }
    this.#used[number]--;
    // Backward shift: whatever would no longer be found across the hole moves into it.
    for (let slot = (hole + 1) & mask; table[slot * 2 + 1] !== 0; slot = (slot + 1) & mask) {
      const home = (table[slot * 2] >>> 8) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      table[hole * 2] = table[slot * 2];
      table[hole * 2 + 1] = table[slot * 2 + 1];
      hole = slot;
    }
    table[hole * 2] = 0;
    table[hole * 2 + 1] = 0;
  }
}

function place(table: Uint32Array, hash: number, entry: number): void {
  const mask = (table.length >>> 1) - 1;
  let slot = (hash >>> 8) & mask;
  while (table[slot * 2 + 1] !== 0) slot = (slot + 1) & mask;
  table[slot * 2] = hash;
  table[slot * 2 + 1] = entry;
}

function doubled(table: Uint32Array): Uint32Array {
  const grown = new Uint32Array(table.length * 2);
  for (let at = 0; at < table.length; at += 2) {
    if (table[at + 1] !== 0) place(grown, table[at], table[at + 1]);
  }
  return grown;
}

/** Mixes all 128 bits (multipliers of MurmurHash3, Austin Appleby, public domain). */
export function hashOf(word0: number, word1: number, word2: number, word3: number): number {
  let hash = Math.imul(word3, 0xcc9e2d51) ^ Math.imul(word2, 0x1b873593);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) ^ word1;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ word0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
