/**
 * What each call of a module calls, and what becomes of its value: the facts on which the colouring decides.
 * Nothing is decided here.
 */
import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import type { CallKind } from '../k6/module-api.js';
import { isOfBundler, requiredModule } from './bundler-output.js';
import type { Binding, ScopedModule } from './scope.js';
import { type FunctionNode, isFunctionNode, type Site } from './syntax.js';

export type Target =
  /** A function exported by a k6 module. */
  | { readonly is: 'api'; readonly kind: CallKind; readonly name: string }
  /** A function of the script. */
  | { readonly is: 'function'; readonly fn: FunctionNode }
  /** `x.forEach(f)` and its kin: calls f once per element, in order. So does `Array.from(x, f)`. */
  | { readonly is: 'loop'; readonly method: string; readonly callbackAt: number }
  /** `x.sort(f)`, `new Promise(f)` ...: calls f and cannot wait for it. */
  | { readonly is: 'cannot-wait'; readonly name: string; readonly callbackAt: number }
  /** A global of the language. */
  | { readonly is: 'builtin' }
  /** What values flow there decides (value-flow.ts). */
  | { readonly is: 'value'; readonly name: string };

/**
 * `awaited`    by the script itself
 * `explicit`   handled as a promise: `.then`, `Promise.all`, kept in a variable that is awaited later
 * `tail`       it is what the function returns
 * `statement`  nobody looks at it
 * `value`      anything else
 */
export type Use = 'awaited' | 'explicit' | 'tail' | 'statement' | 'value';

export interface CallSite extends Site<CallExpression | NewExpression> {
  readonly target: Target;
  readonly use: Use;
  /** The function whose body the call is in; undefined at the top of the script. */
  readonly inside: FunctionNode | undefined;
  /** Set where no `await` can stand: parameter defaults, class fields. */
  readonly noAwaitHere: string | undefined;
}

export const LOOP_METHODS = [
  'forEach',
  'map',
  'filter',
  'some',
  'every',
  'find',
  'findIndex',
  'reduce',
  'flatMap',
];
const CANNOT_WAIT_METHODS = [
  'sort',
  'toSorted',
  'replace',
  'replaceAll',
  'reduceRight',
  'findLast',
  'findLastIndex',
];
const PROMISE_HANDLERS = ['then', 'catch', 'finally'];
const PROMISE_JOINERS = ['all', 'allSettled', 'any', 'race'];

export function callSites(module: ScopedModule, callKindOf: CallKindOf): CallSite[] {
  return module.calls.map((site) => ({
    ...site,
    target: targetOf(site.node, module, callKindOf),
    use: useOf(site, module),
    ...placeOf(site.ancestors),
  }));
}

/** The function that a binding stands for, if it can be no other. */
export function functionOfBinding(
  binding: Binding | undefined,
  module: ScopedModule,
): FunctionNode | undefined {
  if (binding === undefined || binding.isReassigned) return undefined;
  const { init } = binding;
  if (isFunctionNode(init)) return init;
  return init?.type === 'Identifier' && module.bindingOf(init) !== binding
    ? functionOfBinding(module.bindingOf(init), module)
    : undefined;
}

export type CallKindOf = (module: string, name: string) => CallKind | undefined;

/** Methods of what a k6 module makes, by name. */
export type MethodsOf = (module: string) => Readonly<Record<string, CallKind>>;

/** The k6 function that an expression stands for: by its import, by another name given to it, as a module's property. */
export function k6FunctionOf(
  expression: AnyNode | null | undefined,
  module: ScopedModule,
  callKindOf: CallKindOf,
): { readonly name: string; readonly kind: CallKind } | undefined {
  const of = (from: AnyNode, name: string): ReturnType<typeof k6FunctionOf> => {
    if (givesOperations(from, module, callKindOf)) return { name, kind: 'promise' };
    const of6 = k6ModuleOf(from, module);
    return of6 === undefined ? undefined : { name, kind: callKindOf(of6, name) ?? 'plain' };
  };
  if (expression?.type === 'MemberExpression' && !expression.computed)
    return expression.property.type === 'Identifier'
      ? of(expression.object, expression.property.name)
      : undefined;
  if (expression?.type !== 'Identifier') return undefined;
  const binding = module.bindingOf(expression);
  if (binding === undefined || binding.isReassigned) return undefined;
  const { imported, taken, init } = binding;
  if (imported) {
    const kind = callKindOf(imported.module, imported.name);
    return kind === undefined ? undefined : { name: imported.name, kind };
  }
  if (taken) return of(taken.from, taken.property);
  return init === expression ? undefined : k6FunctionOf(init, module, callKindOf);
}

/** Whether it is what a function of kind `operations` gave: `product('huabei')`, or a name for that. */
function givesOperations(
  expression: AnyNode,
  module: ScopedModule,
  callKindOf: CallKindOf,
): boolean {
  if (expression.type === 'CallExpression')
    return k6FunctionOf(expression.callee, module, callKindOf)?.kind === 'operations';
  if (expression.type !== 'Identifier') return false;
  const binding = module.bindingOf(expression);
  const init = binding?.isReassigned === false ? binding.init : undefined;
  if (init === undefined || init === null || init.type === 'Identifier') return false;
  return givesOperations(init, module, callKindOf);
}

/** The k6 module that an expression stands for as a whole. */
function k6ModuleOf(expression: AnyNode, module: ScopedModule): string | undefined {
  if (expression.type !== 'Identifier') return requiredModule(expression);
  const binding = module.bindingOf(expression);
  const imported = binding?.isReassigned ? undefined : binding?.imported;
  return imported?.name === '*' || imported?.name === 'default' ? imported.module : undefined;
}

/** A call of k6's `check`. */
export function isCheck({ target }: Pick<CallSite, 'target'>): boolean {
  return target.is === 'api' && target.kind === 'check';
}

/** Whether calling it makes the script wait. */
export function waits(kind: CallKind | undefined): boolean {
  return kind === 'promise' || kind === 'blocking' || kind === 'session';
}

/** Method and object of `object.method(...)`, where the name is written out. */
export function memberCall(
  call: CallExpression | NewExpression,
): { readonly object: AnyNode; readonly method: string } | undefined {
  const { callee } = call;
  if (callee.type !== 'MemberExpression' || callee.computed) return undefined;
  if (callee.property.type !== 'Identifier') return undefined;
  return { object: callee.object, method: callee.property.name };
}

function targetOf(
  call: CallExpression | NewExpression,
  module: ScopedModule,
  callKindOf: CallKindOf,
): Target {
  const callee =
    call.callee.type === 'SequenceExpression' ? call.callee.expressions.at(-1) : call.callee;
  if (isFunctionNode(callee)) return { is: 'function', fn: callee };
  const k6Function = k6FunctionOf(callee, module, callKindOf);
  if (k6Function !== undefined) return { is: 'api', ...k6Function };
  if (callee?.type === 'Identifier') {
    const binding = module.bindingOf(callee);
    if (binding === undefined) return globalTarget(callee.name);
    const fn = functionOfBinding(binding, module);
    return fn === undefined ? { is: 'value', name: callee.name } : { is: 'function', fn };
  }
  const member = memberCall(call);
  return member === undefined
    ? { is: 'value', name: 'the function called' }
    : memberTarget(member, module);
}

/** What a loop would call for each element. */
export function loopedBy({ node, target }: Pick<CallSite, 'node' | 'target'>): AnyNode | undefined {
  return target.is === 'loop' ? node.arguments[target.callbackAt] : undefined;
}

function memberTarget(
  { object, method }: { readonly object: AnyNode; readonly method: string },
  module: ScopedModule,
): Target {
  const binding = object.type === 'Identifier' ? module.bindingOf(object) : undefined;
  if (k6ModuleOf(object, module) !== undefined) return { is: 'builtin' };
  if (object.type === 'Identifier' && binding === undefined) {
    if (object.name === 'JSON') return { is: 'cannot-wait', name: `JSON.${method}`, callbackAt: 1 };
    if (object.name === 'Array' && method === 'from') return { is: 'loop', method, callbackAt: 1 };
    return { is: 'builtin' };
  }
  if (LOOP_METHODS.includes(method)) return { is: 'loop', method, callbackAt: 0 };
  if (CANNOT_WAIT_METHODS.includes(method)) {
    const callbackAt = method.startsWith('replace') ? 1 : 0;
    return { is: 'cannot-wait', name: method, callbackAt };
  }
  return { is: 'value', name: method };
}

function globalTarget(name: string): Target {
  return name === 'Promise'
    ? { is: 'cannot-wait', name: 'new Promise', callbackAt: 0 }
    : { is: 'builtin' };
}

function placeOf(ancestors: readonly AnyNode[]): Pick<CallSite, 'inside' | 'noAwaitHere'> {
  for (let i = ancestors.length - 2; i >= 0; i--) {
    const node = ancestors[i];
    const inner = ancestors[i + 1];
    if (node?.type === 'PropertyDefinition' && node.value === inner)
      return { inside: undefined, noAwaitHere: 'a class field' };
    if (node?.type === 'StaticBlock') return { inside: undefined, noAwaitHere: 'a static block' };
    if (!isFunctionNode(node)) continue;
    if (isOfBundler(ancestors.slice(0, i + 1)))
      return { inside: undefined, noAwaitHere: undefined };
    return node.body === inner
      ? { inside: node, noAwaitHere: undefined }
      : { inside: node, noAwaitHere: 'the default of a parameter' };
  }
  return { inside: undefined, noAwaitHere: undefined };
}

function useOf(site: Site, module: ScopedModule): Use {
  let inner: AnyNode = site.node;
  let returned = true;
  for (let i = site.ancestors.length - 2; i >= 0; i--) {
    const outer = site.ancestors[i];
    if (outer === undefined) return 'value';
    switch (outer.type) {
      case 'AwaitExpression':
        return 'awaited';
      case 'ChainExpression':
        break;
      case 'ConditionalExpression':
        if (outer.test === inner) return 'value';
        break;
      case 'LogicalExpression':
        if (outer.left === inner) return 'value';
        break;
      case 'SequenceExpression':
        if (outer.expressions.at(-1) !== inner) returned = false;
        break;
      case 'ArrayExpression':
      case 'SpreadElement':
        returned = false;
        break;
      case 'MemberExpression':
        return isNamed(outer, PROMISE_HANDLERS) ? 'explicit' : 'value';
      case 'CallExpression':
        return outer.callee !== inner && joinsPromises(outer) ? 'explicit' : 'value';
      case 'VariableDeclarator':
        return outer.id.type === 'Identifier' && isUsedAsPromise(module.bindingOf(outer.id))
          ? 'explicit'
          : 'value';
      case 'ExpressionStatement':
        return inner === site.node ? 'statement' : 'value';
      case 'ReturnStatement':
        return returned && !isInTry(site.ancestors.slice(0, i)) ? 'tail' : 'value';
      case 'ArrowFunctionExpression':
        return returned && outer.body === inner ? 'tail' : 'value';
      default:
        return 'value';
    }
    inner = outer;
  }
  return 'value';
}

function isNamed(node: AnyNode, names: readonly string[]): boolean {
  return (
    node.type === 'MemberExpression' &&
    !node.computed &&
    node.property.type === 'Identifier' &&
    names.includes(node.property.name)
  );
}

function joinsPromises(call: CallExpression): boolean {
  const member = memberCall(call);
  return (
    member?.object.type === 'Identifier' &&
    member.object.name === 'Promise' &&
    [...PROMISE_JOINERS, 'resolve'].includes(member.method)
  );
}

/** Whether the script awaits the variable or calls `then` and its kin on it. */
function isUsedAsPromise(binding: Binding | undefined): boolean {
  return (binding?.references ?? []).some(({ node, ancestors }) => {
    const outer = ancestors.at(-2);
    if (outer?.type === 'AwaitExpression') return true;
    if (outer?.type === 'MemberExpression')
      return outer.object === node && isNamed(outer, PROMISE_HANDLERS);
    const call = outer?.type === 'ArrayExpression' ? ancestors.at(-3) : outer;
    return call?.type === 'CallExpression' && joinsPromises(call);
  });
}

function isInTry(ancestors: readonly AnyNode[]): boolean {
  for (let i = ancestors.length - 1; i >= 0; i--) {
    const node = ancestors[i];
    if (isFunctionNode(node)) return false;
    if (node?.type === 'TryStatement') return true;
  }
  return false;
}

/** For messages. */
export function calledName({ node, target }: Pick<CallSite, 'node' | 'target'>): string {
  if (target.is === 'api' || target.is === 'value') return target.name;
  if (target.is === 'loop') return target.method;
  const { callee } = node;
  return callee.type === 'Identifier' ? callee.name : 'the function called';
}
