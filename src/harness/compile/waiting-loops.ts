/**
 * The methods of arrays, maps and sets that call a function once for each element, for functions that wait: one element after the
 * other. As the language has it: the length is the one at the start, holes are passed over (find and findIndex look at them), what
 * is added to a map or a set meanwhile is gone through too.
 */
import { isFunction } from '../vu/script-values.js';

const IN_ORDER = new Set([
  'forEach',
  'map',
  'filter',
  'some',
  'every',
  'find',
  'findIndex',
  'flatMap',
]);

type Callback = (...args: unknown[]) => unknown;

export async function loop(values: unknown, method: string, ...args: unknown[]): Promise<unknown> {
  if (values === Array && method === 'from') return from(args);
  const [callback, second] = args;
  if (!isFunction(callback)) return callThrough(values, method, args);
  if (method === 'forEach' && (values instanceof Map || values instanceof Set))
    return eachEntry(values, callback, second);
  if (typeof values === 'string') throw cannotWait(method);
  if (!Array.isArray(values) && !isTypedArray(values)) return callThrough(values, method, args);
  if (method === 'reduce')
    return reduce(values, callback, args.length > 1 ? { initial: second } : undefined);
  if (!IN_ORDER.has(method)) throw cannotWait(method);
  return eachInOrder(values, method, (value, i) =>
    Reflect.apply(callback, second, [value, i, values]),
  );
}

function cannotWait(method: string): Error {
  return new TypeError(`${method}() cannot wait for the function it is given: call it before`);
}

function isTypedArray(values: unknown): values is ArrayLike<unknown> {
  return ArrayBuffer.isView(values) && !(values instanceof DataView);
}

/** `Array.from(values, callback)`: of an iterator each value is taken before the first call. */
function from([values, callback, thisArgument]: readonly unknown[]): unknown {
  const all: unknown[] = Array.from(Object(values));
  if (!isFunction(callback)) return callThrough(Array, 'from', [values, callback]);
  return eachInOrder(all, 'map', (value, i) => Reflect.apply(callback, thisArgument, [value, i]));
}

/** A method of the script's own that has the name of one of these. */
function callThrough(values: unknown, method: string, args: readonly unknown[]): unknown {
  const member: unknown = Reflect.get(Object(values), method);
  if (!isFunction(member)) throw new TypeError(`${method} is not a function`);
  return Reflect.apply(member, values, args);
}

async function eachEntry(
  values: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>,
  callback: Callback,
  thisArgument: unknown,
): Promise<undefined> {
  for (const [key, value] of values.entries())
    await Reflect.apply(callback, thisArgument, [value, key, values]);
}

async function reduce(
  values: ArrayLike<unknown>,
  callback: Callback,
  start: { readonly initial: unknown } | undefined,
): Promise<unknown> {
  const { length } = values;
  let i = 0;
  let sum = start?.initial;
  if (start === undefined) {
    while (i < length && !(i in values)) i++;
    if (i === length) throw new TypeError('Reduce of empty array with no initial value');
    sum = values[i++];
  }
  for (; i < length; i++) if (i in values) sum = await callback(sum, values[i], i, values);
  return sum;
}

async function eachInOrder(
  values: ArrayLike<unknown>,
  method: string,
  call: (value: unknown, index: number) => unknown,
): Promise<unknown> {
  const { length } = values;
  const seesHoles = method === 'find' || method === 'findIndex';
  const results: unknown[] = method === 'map' ? new Array(length) : [];
  for (let i = 0; i < length; i++) {
    if (!seesHoles && !(i in values)) continue;
    const value = values[i];
    const result = await call(value, i);
    if (method === 'map') results[i] = result;
    else if (method === 'flatMap') results.push(...(Array.isArray(result) ? result : [result]));
    else if (method === 'filter' && result) results.push(value);
    else if (method === 'some' && result) return true;
    else if (method === 'every' && !result) return false;
    else if (method === 'find' && result) return value;
    else if (method === 'findIndex' && result) return i;
  }
  if (method === 'some') return false;
  if (method === 'every') return true;
  if (method === 'findIndex') return -1;
  return method === 'forEach' || method === 'find' ? undefined : results;
}
