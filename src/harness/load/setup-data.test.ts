import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setupJsonOf } from './setup-data.js';

const cycle: Record<string, unknown> = { name: 'a' };
cycle.inner = { list: [1, cycle] };
const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => ({ inner }), 1);

describe('what setup() returns', () => {
  it.each<[string, unknown, string]>([
    ['a function', { users: [1, 2, 3, { login: () => 1 }] }, 'a function at data.users[3].login'],
    ['a function alone', () => 1, 'a function at data'],
    ['a class', { kind: class Kind {} }, 'a function at data.kind'],
    ['NaN', { 'rate-a': Number.NaN }, 'NaN at data["rate-a"]'],
    ['Infinity', [[Number.NEGATIVE_INFINITY]], '-Infinity at data[0][0]'],
    ['a BigInt', { n: 12n }, 'the BigInt 12n at data.n'],
    ['a symbol', { mark: Symbol('x') }, 'a symbol at data.mark'],
    ['a cycle', cycle, 'a cycle (data again) at data.inner.list[1]'],
    ['an endless depth', deep, 'objects more than 500 deep in each other at data'],
    ['a Map', { m: new Map([[1, 2]]) }, 'a Map at data.m'],
    ['a Set', [new Set([1])], 'a Set at data[0]'],
    ['a pattern', { id: /^[0-9]+$/ }, 'a RegExp at data.id'],
    ['an error', [new TypeError('no luck')], 'an Error (no luck) at data[0]'],
    ['a promise', { paid: Promise.resolve(1) }, 'a promise that was not awaited at data.paid'],
    ['bytes', { key: new Uint8Array(2) }, 'binary data at data.key'],
    ['an invalid date', { at: new Date(Number.NaN) }, 'an invalid Date at data.at'],
    ['a toJSON that gives one', { x: { toJSON: () => 1n } }, 'the BigInt 1n at data.x'],
    ['a key of two lines', { 'a\nb': 1n }, 'the BigInt 1n at data["a\\nb"]'],
  ])('is refused in one line with its path where it is %s', (_, data, line) => {
    const refused = `setup() returned ${line}: virtual users get its data as JSON, which cannot hold that`;
    expect(() => setupJsonOf(data)).toThrow(new TypeError(refused));
  });

  it.each<[string, unknown, string | undefined]>([
    ['nothing', undefined, undefined],
    ['null', null, 'null'],
    ['an undefined field', { a: undefined, b: 1 }, '{"a":null,"b":1}'],
    ['undefined in an array', { list: [1, undefined] }, '{"list":[1,null]}'],
    ['a hole in an array', [new Array(2)], '[[null,null]]'],
    ['a date', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['the same object twice', [cycle.name, ...Array(2).fill({ a: 1 })], '["a",{"a":1},{"a":1}]'],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ['a field named __proto__', JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
  ])('may be %s', (_, data, json) => {
    expect(setupJsonOf(data)).toBe(json);
  });

  it('arrives as it was, whatever JSON can hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (data) => {
        expect(setupJsonOf(data)).toBe(JSON.stringify(data));
      }),
    );
  });
});
