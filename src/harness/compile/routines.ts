/**
 * Which functions of a script become routines: generators that the VU itself resumes when an operation is answered.
 * They do what an `async` function would, without its promises: on the way of every payment those are a dozen
 * objects that live as long as the answer takes, and most of what the garbage collector has to copy.
 *
 *   export default function () {              function* script_default() {
 *     const p = pay({ payer: 1 ... });   ->     const p = (yield m0.pay({ payer: 1 ... }, vu));
 *
 * Only a function that nobody but the VU can call: exported by its name, mentioned nowhere else. Who else calls a
 * function that waits needs its promise. And the functions of the script's own that only routines call, by their name, and wait for:
 *
 *     const paid = shop({ payer: 1 ... })    ->     const paid = (yield vu.enter(shop({ payer: 1 ... })));
 *
 * Refuses to decide who waits: see colour.ts.
 */
import type { ExportSpecifier } from 'acorn';
import type { CallEdit } from './colour.js';
import type { Binding, ScopedModule } from './scope.js';
import { type FunctionNode, isFunctionNode } from './syntax.js';

/** Called by the lifecycle, which wants a promise. */
const LIFECYCLE = new Set(['setup', 'teardown', 'handleSummary', 'options']);

export interface Routines {
  /** All of them. */
  readonly functions: ReadonlySet<FunctionNode>;
  /** Of these, those that others call. */
  readonly called: ReadonlySet<FunctionNode>;
  readonly exportNames: readonly string[];
}

type CanBeGenerator = (binding: Binding, fn: FunctionNode) => boolean;

/** What colour.ts found. */
interface Waiting {
  /** The functions that would become async. */
  readonly functions: ReadonlySet<FunctionNode>;
  readonly edits: readonly CallEdit[];
}

export function routinesOf(
  module: ScopedModule,
  exported: readonly ExportSpecifier[],
  waiting: Waiting,
): Routines {
  const names = new Map<FunctionNode, string[]>();
  const canBeGenerator = generatorsOf(module);
  const exportedBindings = new Set<Binding | undefined>();
  for (const { local, exported: as } of exported) {
    const binding = local.type === 'Identifier' ? module.topLevel(local.name) : undefined;
    exportedBindings.add(binding);
    const fn = binding?.init;
    if (binding === undefined || !isFunctionNode(fn) || !waiting.functions.has(fn)) continue;
    if (binding.isReassigned || binding.references.length !== 0) continue;
    if (!canBeGenerator(binding, fn)) continue;
    const name = as.type === 'Identifier' ? as.name : String(as.value);
    names.set(fn, [...(names.get(fn) ?? []), name]);
  }
  for (const [fn, all] of names) if (all.some((name) => LIFECYCLE.has(name))) names.delete(fn);
  const entries = new Set(names.keys());
  const isExported = (binding: Binding): boolean => exportedBindings.has(binding);
  const called = calledByRoutines(module, waiting, { entries, isExported, canBeGenerator });
  return {
    functions: new Set([...entries, ...called]),
    called,
    exportNames: [...names.values()].flat(),
  };
}

/** The largest set of functions that are called by each other and by `entries` alone. */
function calledByRoutines(
  module: ScopedModule,
  waiting: Waiting,
  {
    entries,
    isExported,
    canBeGenerator,
  }: {
    readonly entries: ReadonlySet<FunctionNode>;
    readonly isExported: (binding: Binding) => boolean;
    readonly canBeGenerator: CanBeGenerator;
  },
): ReadonlySet<FunctionNode> {
  const callers = callersOf(module, waiting.edits);
  const called = new Map<FunctionNode, readonly (FunctionNode | undefined)[]>();
  for (const [binding, inside] of callers) {
    const fn = binding.init;
    if (!isFunctionNode(fn) || !waiting.functions.has(fn) || !canBeGenerator(binding, fn)) continue;
    if (binding.isReassigned || isExported(binding)) continue;
    if (binding.references.length === inside.length) called.set(fn, inside);
  }
  const isRoutine = (fn: FunctionNode | undefined): boolean =>
    fn !== undefined && (entries.has(fn) || called.has(fn));
  for (let before = -1; before !== called.size; ) {
    before = called.size;
    for (const [fn, inside] of called) if (!inside.every(isRoutine)) called.delete(fn);
  }
  return new Set(called.keys());
}

/** In which functions each name of a function is called and waited for. */
function callersOf(
  module: ScopedModule,
  edits: readonly CallEdit[],
): ReadonlyMap<Binding, readonly (FunctionNode | undefined)[]> {
  const callers = new Map<Binding, (FunctionNode | undefined)[]>();
  for (const { call, wait, loop, floating } of edits) {
    const { inside, node, target } = call;
    const isPlain = node.type === 'CallExpression' && !node.optional && !loop && !floating;
    if (wait !== 'await' || !isPlain || target.is !== 'function') continue;
    const binding = node.callee.type === 'Identifier' ? module.bindingOf(node.callee) : undefined;
    if (binding !== undefined) callers.set(binding, [...(callers.get(binding) ?? []), inside]);
  }
  return callers;
}

/** An arrow has the `this` and `arguments` of what is around it: at the top of a module there is neither. */
function generatorsOf(module: ScopedModule): CanBeGenerator {
  const named = module.sites('Identifier').filter(({ node }) => node.name === 'arguments');
  const around = new Set<object>(named.flatMap(({ ancestors }) => ancestors));
  return (binding, fn) =>
    fn.type === 'ArrowFunctionExpression'
      ? module.topLevel(binding.name) === binding && !around.has(fn)
      : !fn.generator;
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
