/** What the builtins of the language do with functions that they are given: call them, keep them, give them back. */
import type { AnyNode } from 'acorn';
import { LOOP_METHODS } from './call-targets.js';
import { keyName } from './syntax.js';

/** Tells of a builtin which arguments it calls and does not keep; functions among the others may be called by who asks it for them. */
export function callbackPlaces(callee: AnyNode): (at: number) => boolean {
  if (callee.type === 'Identifier') return () => true; // setTimeout(), new Promise()
  const name = callee.type === 'MemberExpression' ? keyName(callee.property, callee.computed) : '';
  if (name === 'then' || name === 'from' || name?.startsWith('replace')) return () => true;
  return (at) => at === 0 && CALLS_ITS_FIRST.has(name ?? '');
}

/** Builtins that give back an element, or what a function gave that they were given. */
export const GIVES_ELEMENTS: ReadonlySet<string> = new Set(
  'at pop shift get find findLast reduce reduceRight resolve race any then catch finally'.split(
    ' ',
  ),
);

const CALLS_ITS_FIRST: ReadonlySet<string> = new Set([
  ...LOOP_METHODS,
  ...['sort', 'toSorted', 'reduceRight', 'findLast', 'findLastIndex', 'catch', 'finally'],
]);

/** Methods of what the language brings along: they may be meant wherever a method is called so. */
export const BUILTIN_NAMES: ReadonlySet<string> = new Set(
  [
    ...[Object, Array, Map, Set, WeakMap, Promise, String, RegExp, Function].flatMap((owner) => [
      owner,
      owner.prototype,
    ]),
    Reflect,
    Object.getPrototypeOf(Object.getPrototypeOf([].values())),
    Object.getPrototypeOf((function* () {})()),
  ].flatMap((owner) => Object.getOwnPropertyNames(owner)),
);
