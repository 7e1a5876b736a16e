/**
 * Reads the fields of one object of a script's options: each is checked, and what nobody asked for is reported.
 * Every error is one line: where, which field, what it must be, what it is.
 */
import { parseDurationUs } from './duration.js';
import { ScriptConfigError } from './errors.js';

export class OptionFields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #where: string;
  readonly #asked = new Set<string>();

  /** `where` as it stands in messages: `night.ts: scenario "plateau"`. */
  constructor(value: unknown, where: string) {
    if (!isPlainObject(value))
      throw new ScriptConfigError(`${where} must be an object, got ${shown(value)}`);
    this.#values = value;
    this.#where = where;
  }

  has(field: string): boolean {
    return this.#values[field] !== undefined && this.#values[field] !== null;
  }

  raw(field: string): unknown {
    this.#asked.add(field);
    return this.has(field) ? this.#values[field] : undefined;
  }

  /** A whole number of at least `least`; without `otherwise` the field is required. */
  whole(
    field: string,
    { least, otherwise }: { readonly least: number; readonly otherwise?: number },
  ): number {
    const value = this.raw(field) ?? otherwise;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
    return this.refuse(field, `a whole number from ${least}`, value);
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
    return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
  }

  list(field: string): readonly unknown[] {
    const value = this.raw(field);
    return Array.isArray(value) ? value : this.refuse(field, 'a list', value);
  }

  refuse(field: string, wanted: string, value: unknown): never {
    throw new ScriptConfigError(`${this.#where}: ${field} must be ${wanted}, got ${shown(value)}`);
  }

  /** A warning line for each field nobody asked for. */
  unknown(): string[] {
    return Object.keys(this.#values)
      .filter((field) => !this.#asked.has(field))
      .map((field) => `${this.#where}: ${field} is not known and ignored`);
  }
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value));
}
