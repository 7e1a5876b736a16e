/**
 * Which functions of a script become routines: generators that the VU itself resumes when an operation is answered.
 * They do what an `async` function would, without its promises: on the way of every payment those are a dozen
 * objects that live as long as the answer takes, and most of what the garbage collector has to copy.
 *
 *   export default function () {              function* script_default() {
 *     const p = pay({ payer: 1 ... });   ->     const p = (yield m0.pay({ payer: 1 ... }, vu));
 *
 * Only a function that nobody but the VU can call: exported by its name, mentioned nowhere else. Who else calls a
 * function that waits needs its promise. Refuses to decide who waits: see colour.ts.
 */
import type { ExportSpecifier } from 'acorn';
import type { CallEdit } from './colour.js';
import type { ScopedModule } from './scope.js';
import { type FunctionNode, isFunctionNode } from './syntax.js';

/** Called by the lifecycle, which wants a promise. */
const LIFECYCLE = new Set(['setup', 'teardown', 'handleSummary', 'options']);

export interface Routines {
  readonly functions: ReadonlySet<FunctionNode>;
  readonly exportNames: readonly string[];
}

/** `waiting`: the functions that would become async. */
export function routinesOf(
  module: ScopedModule,
  exported: readonly ExportSpecifier[],
  waiting: ReadonlySet<FunctionNode>,
): Routines {
  const names = new Map<FunctionNode, string[]>();
  for (const { local, exported: as } of exported) {
    const binding = local.type === 'Identifier' ? module.topLevel(local.name) : undefined;
    const fn = binding?.init;
    if (!isFunctionNode(fn) || fn.type === 'ArrowFunctionExpression' || !waiting.has(fn)) continue;
    if (binding?.isReassigned || binding?.references.length !== 0) continue;
    const name = as.type === 'Identifier' ? as.name : String(as.value);
    names.set(fn, [...(names.get(fn) ?? []), name]);
  }
  for (const [fn, all] of names) if (all.some((name) => LIFECYCLE.has(name))) names.delete(fn);
  return { functions: new Set(names.keys()), exportNames: [...names.values()].flat() };
}

/** An operation that takes the VU as a second argument instead of making a promise. */
export function takesVu({ call, wait, loop }: CallEdit): boolean {
  const { node, target } = call;
  const [order] = node.arguments;
  return (
    wait === 'await' &&
    !loop &&
    target.is === 'api' &&
    target.kind === 'promise' &&
    node.arguments.length === 1 &&
    order?.type !== 'SpreadElement'
  );
}
