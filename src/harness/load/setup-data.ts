/**
 * What setup() returned becomes the JSON that every virtual user is given a copy of. What JSON would lose or change without a
 * word (a function, NaN, a Map, an Error) is refused with its path, so that no iteration meets a hole where
 * setup() put something. As in k6 what is undefined in it becomes null, and a Date text.
 */

/** Undefined where setup() returned nothing. Throws an Error of one line. */
export function setupJsonOf(returned: unknown): string | undefined {
  if (returned === undefined) return undefined;
  return JSON.stringify(new PlainCopy().of(returned, { key: '', path: 'data' }));
}

/** More is a mistake, and would be too much for the stack. */
const DEPTH_MAX = 500;

/** Where a value stands: the name that its holder has for it, and the way to it. */
interface Place {
  readonly key: string;
  readonly path: string;
}

/** Reads everything once: what was checked is what is copied. */
class PlainCopy {
  /** The objects on the way down, each with its path. */
  readonly #above = new Map<object, string>();

  of(given: unknown, { key, path }: Place): unknown {
    const value = hasToJson(given) ? given.toJSON(key) : given;
    if (given instanceof Date && value === null) throw refusal('an invalid Date', path);
    if (typeof value === 'object' && value !== null) return this.#object(value, path);
    const why = lost(value);
    if (why !== undefined) throw refusal(why, path);
    return value ?? null;
  }

  #object(value: object, path: string): unknown {
    const why = lostObject(value);
    if (why !== undefined) throw refusal(why, path);
    const above = this.#above.get(value);
    if (above !== undefined) throw refusal(`a cycle (${above} again)`, path);
    if (this.#above.size >= DEPTH_MAX)
      throw refusal(`objects more than ${DEPTH_MAX} deep in each other`, 'data');
    this.#above.set(value, path);
    const copy = Array.isArray(value) ? this.#elements(value, path) : this.#fields(value, path);
    this.#above.delete(value);
    return copy;
  }

  #elements(array: readonly unknown[], path: string): unknown[] {
    return Array.from(array, (element, i) =>
      this.of(element, { key: String(i), path: `${path}[${i}]` }),
    );
  }

  #fields(object: object, path: string): object {
    const copies = Object.entries(object).map(
      ([key, value]) => [key, this.of(value, { key, path: fieldPath(path, key) })] as const,
    );
    return Object.fromEntries(copies);
  }
}

/** What JSON cannot hold of values that are no objects. */
function lost(value: unknown): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'bigint') return `the BigInt ${value}n`;
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : undefined;
}

/** Objects of which JSON makes `{}`, or an object of numbered fields. */
function lostObject(value: object): string | undefined {
  if (value instanceof Promise) return 'a promise that was not awaited';
  if (value instanceof Map || value instanceof WeakMap) return 'a Map';
  if (value instanceof Set || value instanceof WeakSet) return 'a Set';
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return 'binary data';
  if (value instanceof RegExp) return 'a RegExp';
  if (value instanceof Error) return `an Error (${value.message})`;
  return undefined;
}

function hasToJson(value: unknown): value is { toJSON(key: string): unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'toJSON' in value &&
    typeof value.toJSON === 'function'
  );
}

function fieldPath(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function refusal(what: string, path: string): Error {
  return new TypeError(
    `setup() returned ${what} at ${path}: virtual users get its data as JSON, which cannot hold that`,
  );
}
