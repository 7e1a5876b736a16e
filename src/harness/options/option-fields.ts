/**
 * Reads the fields of one object of a script's options: each is checked, and what nobody asked for is reported.
 * Every error is one line: where, which field, what it must be, what it is.
 */
import { closest, distance } from 'fastest-levenshtein';
import type { ExecutorFields } from '../schedule/executor.js';
import { parseDurationUs } from './duration.js';
import { ScriptConfigError } from './errors.js';

export class OptionFields implements ExecutorFields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #where: string;
  readonly #asked = new Set<string>();
  readonly #inner: OptionFields[] = [];

  /** `where` as it stands in messages: `night.ts: scenario "plateau"`. */
  constructor(value: unknown, where: string) {
    if (!isPlainObject(value))
      throw new ScriptConfigError(`${where} must be an object, got ${shown(value)}`);
    this.#values = value;
    this.#where = where;
  }

  /** An empty text is nothing, as in k6: it is what an environment variable without a value gives. */
  has(field: string): boolean {
    const value = this.#values[field];
    return value !== undefined && value !== null && value !== '';
  }

  raw(field: string): unknown {
    this.#asked.add(field);
    return this.has(field) ? this.#values[field] : undefined;
  }

  /** As in k6, its digits as text will do: scripts pass on what the environment says. */
  whole(
    field: string,
    {
      least,
      most = Number.MAX_SAFE_INTEGER,
      otherwise,
    }: { readonly least: number; readonly most?: number; readonly otherwise?: number },
  ): number {
    const value = this.raw(field) ?? otherwise;
    const number = typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : value;
    if (isWhole(number) && number >= least && number <= most) return number;
    const range = isWhole(number) && number > most ? `from ${least} to ${most}` : `from ${least}`;
    return this.refuse(field, `a whole number ${range}`, value);
  }

  durationUs(
    field: string,
    { leastUs = 0, otherwise }: { readonly leastUs?: number; readonly otherwise?: string },
  ): number {
    const value = this.raw(field) ?? otherwise;
    const us = parseDurationUs(value);
    if (us !== undefined && us >= leastUs) return us;
    const atLeast = leastUs > 0 ? ` of at least ${leastUs / 1_000_000}s` : '';
    return this.refuse(field, `a duration${atLeast} like "30s" or "1m30s"`, value);
  }

  text(field: string, otherwise: string): string {
    const value = this.raw(field) ?? otherwise;
    return typeof value === 'string' ? value : this.refuse(field, 'text', value);
  }

  texts(field: string): Readonly<Record<string, string>> {
    const value = this.raw(field) ?? {};
    if (!isPlainObject(value)) return this.refuse(field, 'an object of texts', value);
    return Object.fromEntries(
      Object.entries(value).map(([name, text]) => [
        name,
        isPrimitive(text) ? String(text) : this.refuse(`${field}.${name}`, 'text', text),
      ]),
    );
  }

  flag(field: string): boolean {
    const value = this.raw(field) ?? false;
    return typeof value === 'boolean' ? value : this.refuse(field, 'true or false', value);
  }

  list(field: string): readonly unknown[] {
    const value = this.raw(field);
    return Array.isArray(value) ? value : this.refuse(field, 'a list', value);
  }

  objects(field: string): readonly OptionFields[] {
    const value = this.list(field);
    if (value.length === 0) this.refuse(field, 'a list with at least one entry', value);
    const entries = value.map(
      (entry, i) => new OptionFields(entry, `${this.#where}: ${field}[${i}]`),
    );
    this.#inner.push(...entries);
    return entries;
  }

  refuse(field: string, wanted: string, value: unknown): never {
    throw new ScriptConfigError(`${this.#where}: ${field} must be ${wanted}, got ${shown(value)}`);
  }

  /** A warning line for each field nobody asked for. */
  unknown(): string[] {
    return this.#notAsked().map(
      (field) => `${this.#where}: ${field} is not known and ignored${this.#hint(field)}`,
    );
  }

  /** Throws for the first field nobody asked for, here or in an object of a list. */
  refuseUnknown(): void {
    const [field] = this.#notAsked();
    if (field !== undefined) {
      const known = this.#hint(field) || `; known are ${[...this.#asked].sort().join(', ')}`;
      throw new ScriptConfigError(`${this.#where}: ${field} is not known${known}`);
    }
    for (const inner of this.#inner) inner.refuseUnknown();
  }

  #notAsked(): readonly string[] {
    return Object.keys(this.#values).filter((field) => !this.#asked.has(field));
  }

  #hint(field: string): string {
    const near = nearest(field, [...this.#asked]);
    return near === undefined ? '' : `; did you mean ${near}?`;
  }
}

/** The word that `given` was meant to be, if one is near: letter case aside, one letter in four may be wrong, and one in any case. */
export function nearest(given: string, words: readonly string[]): string | undefined {
  const lower = (word: string): string => word.toLowerCase();
  const near = closest(lower(given), words.map(lower));
  const isNear = distance(lower(given), near) <= Math.max(1, given.length / 4);
  return isNear ? words.find((word) => lower(word) === near) : undefined;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isPrimitive(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as it stands in messages: one line, and short. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  // As JSON, NaN and Infinity are null.
  if (typeof value === 'number') return String(value);
  return cutTo(SHOWN_MAX, jsonOf(value) ?? String(value));
}

const SHOWN_MAX = 200;

function cutTo(most: number, text: string): string {
  return text.length <= most ? text : `${text.slice(0, most)}...`;
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return 'what JSON cannot hold'; // it holds itself, or a BigInt: the message is about something else
  }
}
