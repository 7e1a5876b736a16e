/**
 * Rewrites a bundled script into a factory of virtual users. Pure: text in, text and source map out.
 *
 *   import { pay } from 'k6/x/pay';          (function (k6) { return function (vu, m0, planning) {
 *   let last;                                  let last;
 *   export default function () {         ->    function* script_default() {
 *     last = pay({ payer: 1 ... });              last = (yield m0.pay({ payer: 1 ... }, vu));
 *   }                                          }
 *                                              return { default: script_default } } })
 *
 * Functions that wait become `async`, those that only the VU and each other call become generators (routines.ts).
 * What is top-level in the script is local to one call of the inner function, so every VU has its own; modules
 * are properties of objects that know their VU, so after an `await` it is still the right one. Node's
 * globals are out of sight. Refuses what cannot be made to wait, with the place in the bundle.
 */
import { type AnyNode, type Program, parse } from 'acorn';
import MagicString from 'magic-string';
import { importedName } from './bound-names.js';
import {
  type CallKindOf,
  type CallSite,
  calledName,
  callSites,
  isCheck,
  type MethodsOf,
  memberCall,
} from './call-targets.js';
import { type Colouring, colour, type Refuse } from './colour.js';
import { HEAD, OptionalChains } from './optional-chains.js';
import { ModuleList, NameRewriter, SUPPORT, VU } from './rewrite-names.js';
import { type Rewrite, rewritesOf } from './rewrites.js';
import { type Routines, routinesOf, takesVu } from './routines.js';
import { type ScopedModule, scopeModule } from './scope.js';
import { exportSpecifiers, exportsText, isExport, PLANNING } from './script-exports.js';
import { type FunctionNode, isFunctionNode, type Site } from './syntax.js';

/** A construct that cannot be used, with its place in the text that was given. */
export class TransformError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(
    message: string,
    at: { readonly line: number; readonly column: number },
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'TransformError';
    this.line = at.line;
    this.column = at.column;
  }
}

export interface Transformed {
  /** An expression: (support) => (vu, module 0, module 1, ..., planning) => exports. */
  readonly code: string;
  /** Source map from `code` to the text that was given. */
  readonly map: string;
  /** k6 modules in the order in which the factory takes them. */
  readonly modules: readonly string[];
  /** What it imports of each of them, by name; `*`: all of it, also under `default`. */
  readonly imports: Readonly<Record<string, readonly string[]>>;
  /** Exports that are generators, for the VU to resume. */
  readonly routineNames: readonly string[];
  /** It has `async` functions of its own, names `Promise`, or calls `then()` or its kin. */
  readonly makesPromises: boolean;
  /** More than one thing may want to run in a VU: it makes promises, has timers, or imports a module that calls functions later. */
  readonly takesTurns: boolean;
  /** The script assigns to __ENV or hands it on. */
  readonly writesEnv: boolean;
  /** Its init code awaits, so that the factory gives a promise of the exports. */
  readonly initAwaits: boolean;
}

const MAYBE = '__paydrill_maybe';

/** `sourceAt`: the file that a place of the text was written in, relative to the script's folder; the line from 1, the column from 0. */
export function transform(
  text: string,
  {
    callKindOf,
    callsLater,
    methodsOf,
    sourceAt,
  }: {
    readonly callKindOf: CallKindOf;
    /** Whether that module calls functions of the script later. */
    readonly callsLater: (module: string) => boolean;
    readonly methodsOf: MethodsOf;
    readonly sourceAt: (line: number, column: number) => string;
  },
): Transformed & { readonly rewrites: readonly Rewrite[] } {
  const program = parseModule(text);
  const module = scopeModule(program);
  const fail: Refuse = (message, at) => {
    throw new TransformError(message, at.loc?.start ?? { line: 1, column: 0 });
  };
  refuseUnsupported(module, callKindOf, fail);
  const output = new MagicString(text);
  const modules = new ModuleList();
  const calls = callSites(module, callKindOf);
  const colouring = colour(module, calls, { refuse: fail, callKindOf, methodsOf });
  const specifiers = exportSpecifiers(program);
  const waiting = new Set(colouring.becomeAsync.map(({ node }) => node));
  const routines = routinesOf(module, specifiers, { functions: waiting, edits: colouring.edits });
  const names = new NameRewriter(output, module, {
    modules,
    sourceOf: ({ loc }) => (loc ? sourceAt(loc.start.line, loc.start.column) : ''),
  });
  for (const reference of module.references) names.rewrite(reference);
  for (const { node } of module.calls) names.rewriteRequire(node);
  for (const { node } of module.sites('MetaProperty'))
    if (node.meta.name === 'import') names.rewriteImportMeta(node);
  for (const { node } of module.sites('ImportDeclaration')) output.remove(node.start, node.end);
  for (const node of program.body) if (isExport(node)) output.remove(node.start, node.end);
  const initAwaits = awaitsAtTopLevel(module);
  const ownPromises = initAwaits || makesPromises(module);
  const takesTurns = ownPromises || names.usesTimers || modules.names.some(callsLater);
  rewriteCalls(output, colouring, { routines, takesTurns, fail });
  const parameters = [VU, ...modules.parameters(), PLANNING].join(',');
  const keyword = initAwaits ? 'async function' : 'function';
  output.prepend(
    `(function(${SUPPORT}){"use strict";return ${keyword}(${parameters}){let ${MAYBE},${HEAD};`,
  );
  output.append(`\nreturn ${exportsText(program, specifiers, names)};}})`);
  return {
    code: output.toString(),
    map: output.generateMap({ hires: 'boundary' }).toString(),
    modules: modules.names,
    imports: importsOf(module, modules.names),
    routineNames: routines.exportNames,
    makesPromises: ownPromises,
    takesTurns,
    writesEnv: names.writesEnv,
    initAwaits,
    rewrites: rewritesOf(colouring, routines.functions),
  };
}

function parseModule(text: string): Program {
  try {
    return parse(text, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      locations: true,
      ranges: true, // eslint-scope reads them
    });
  } catch (error) {
    if (!(error instanceof SyntaxError) || !('loc' in error)) throw error;
    const { loc } = error;
    const at = typeof loc === 'object' && loc !== null && 'line' in loc ? Number(loc.line) : 1;
    throw new TransformError(error.message, { line: at, column: 0 }, error);
  }
}

function refuseUnsupported(module: ScopedModule, callKindOf: CallKindOf, fail: Refuse): void {
  for (const { node } of module.sites('ImportExpression'))
    fail('import() is not supported: import at the top of the script', node);
  for (const { node } of module.sites('ImportDeclaration')) {
    const from = String(node.source.value);
    for (const specifier of node.specifiers) {
      const name = importedName(specifier);
      if (name !== '*' && name !== 'default' && callKindOf(from, name) === undefined)
        fail(`module "${from}" exports no ${name}`, specifier);
    }
  }
}

function importsOf(
  module: ScopedModule,
  names: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const declarations = module.sites('ImportDeclaration').map(({ node }) => node);
  return Object.fromEntries(
    names.map((name) => {
      const specifiers = declarations
        .filter(({ source }) => source.value === name)
        .flatMap((declaration) => declaration.specifiers);
      const imported = specifiers.map(importedName);
      // What is not imported is required.
      return [name, imported.length === 0 ? ['*'] : [...new Set(imported)]];
    }),
  );
}

function awaitsAtTopLevel(module: ScopedModule): boolean {
  const isOutside = ({ ancestors }: { readonly ancestors: readonly AnyNode[] }): boolean =>
    !ancestors.some((outer) => isFunctionNode(outer));
  return (
    module.sites('AwaitExpression').some(isOutside) ||
    module.sites('ForOfStatement').some((site) => site.node.await && isOutside(site))
  );
}

function makesPromises(module: ScopedModule): boolean {
  return (
    module.functions.some(({ node }) => node.async) ||
    module.references.some(({ node, binding }) => !binding && node.name === 'Promise') ||
    module.calls.some(({ node }) => PROMISE_METHODS.has(memberCall(node)?.method ?? ''))
  );
}

const PROMISE_METHODS = new Set(['then', 'catch', 'finally']);

function rewriteCalls(
  output: MagicString,
  { becomeAsync, edits, tags }: Colouring,
  how: {
    readonly routines: Routines;
    readonly takesTurns: boolean;
    readonly fail: Refuse;
  },
): void {
  const { routines, fail } = how;
  for (const site of becomeAsync)
    if (routines.functions.has(site.node)) makeGenerator(output, site.node);
    else output.appendRight(asyncPlace(site), 'async ');
  for (const node of tags)
    wrap(output, node, `${SUPPORT}.settled(`, `,${tagName(node.tag)},${VU})`);
  const chains = new OptionalChains(output);
  // inner calls come first, so what is put in front of a call goes in front of what is there already
  for (const edit of edits) {
    const { call, wait, loop, floating } = edit;
    const isRoutine = call.inside !== undefined && routines.functions.has(call.inside);
    const word = isRoutine ? 'yield' : 'await';
    const member = memberCall(call.node);
    const first = call.node.arguments[0];
    const isEdited = wait !== undefined || loop;
    const isCut = isEdited && isBehindOptional(call, loop);
    const isTangled = isEdited && chains.isTaken(call) && (loop || awaitedUnit(call) === call.node);
    const cut = isCut ? chains.cutBefore(call) : undefined;
    const put = (unit: AnyNode, before: string, after: string): void => {
      if (cut === undefined) wrap(output, unit, before, after);
      else {
        cut.before = before + cut.before;
        output.appendLeft(call.node.end, after);
      }
    };
    if (cut === undefined && (isCut || isTangled))
      fail(
        `${calledName(call)}() waits for an answer behind ?. in a longer expression: keep what stands before it in a variable`,
        call.node,
      );
    if (loop && member !== undefined && first !== undefined) {
      const name = isOptionalMember(call.node.callee) ? 'loopIf' : 'loop';
      const { start, end } = methodPart(output.original, call.node.callee);
      const method = `,${JSON.stringify(member.method)},`;
      if (cut === undefined) output.prependRight(call.node.start, `${SUPPORT}.${name}(`);
      else cut.before = `${SUPPORT}.loop(${cut.before}`;
      if (cut?.link === call.node.callee) Object.assign(cut, { start, end, tail: method });
      else output.update(start, end, method);
    }
    if (floating) put(call.node, `${VU}.track(`, ')');
    if (isRoutine && first !== undefined && takesVu(edit))
      output.appendLeft(call.node.end - 1, `,${VU}`);
    if (wait === 'await' && isCheck(call)) tellOfWaiting(output, call);
    if (wait === 'await' && how.takesTurns && !isRoutine && isOperation(call))
      put(awaitedUnit(call), `(await ${VU}.awaited(`, '))');
    else if (
      wait === 'await' &&
      call.target.is === 'function' &&
      routines.called.has(call.target.fn)
    )
      put(call.node, `(yield ${VU}.enter(`, '))');
    else if (wait === 'await') put(awaitedUnit(call), `(${word} `, ')');
    if (wait === 'maybe')
      put(awaitedUnit(call), `(${SUPPORT}.thenable(${MAYBE}=`, `)?${word} ${MAYBE}:${MAYBE})`);
    if (wait === 'never')
      put(awaitedUnit(call), `${SUPPORT}.settled(`, `,${JSON.stringify(calledName(call))},${VU})`);
  }
  chains.finish();
}

/** As a text of the language. */
function tagName(tag: AnyNode): string {
  return JSON.stringify(tag.type === 'Identifier' ? tag.name : 'the tag of a template');
}

function makeGenerator(output: MagicString, fn: FunctionNode): void {
  if (fn.type !== 'ArrowFunctionExpression') {
    output.appendRight(fn.start + 'function'.length, '*');
    return;
  }
  const [only] = fn.params;
  const isBare = only !== undefined && only.start === fn.start;
  output.appendRight(fn.start, isBare ? 'function*(' : 'function*');
  // What stands between the arrow and the body are brackets of the body.
  const arrow = output.original.lastIndexOf('=>', fn.body.start);
  const isBlock = fn.body.type === 'BlockStatement';
  output.update(arrow, arrow + '=>'.length, `${isBare ? ')' : ''}${isBlock ? '' : '{return '}`);
  if (!isBlock) output.prependRight(fn.end, '}');
}

function wrap(output: MagicString, { start, end }: AnyNode, before: string, after: string): void {
  output.prependRight(start, before);
  output.appendLeft(end, after);
}

/** It gives a promise, and blocks in a script that does not handle promises. */
function isOperation({ target }: CallSite): boolean {
  return target.is === 'api' && target.kind === 'promise';
}

/** A check whose predicates wait is told so: one is asked after the other. */
function tellOfWaiting(output: MagicString, { node }: CallSite): void {
  output.appendLeft(node.end - 1, node.arguments.length < 3 ? ',undefined,true' : ',true');
}

/** An optional chain is awaited as a whole: `(await a?.b())`. */
function awaitedUnit({ node, ancestors }: CallSite): AnyNode {
  const outer = ancestors.at(-2);
  return outer?.type === 'ChainExpression' ? outer : node;
}

/**
 * What stands before `?.` decides whether the rest is looked at at all. That can only be kept where the call is all of the rest, or
 * another `?.` follows; a loop takes the place of its call's object too.
 */
function isBehindOptional({ node, ancestors }: CallSite, loop: boolean): boolean {
  const outer = ancestors.at(-2);
  const isNextOptional =
    (outer?.type === 'MemberExpression' || outer?.type === 'CallExpression') && outer.optional;
  if (
    (outer?.type === 'ChainExpression' || isNextOptional) &&
    (!loop || isOptionalMember(node.callee))
  )
    return false;
  for (let inner: AnyNode = node; ; ) {
    if (inner.type === 'CallExpression') {
      if (inner.optional) return true;
      inner = inner.callee;
    } else if (inner.type === 'MemberExpression') {
      if (inner.optional) return true;
      inner = inner.object;
    } else return false;
  }
}

/** `.forEach(` or `?.forEach(` of a call: what stands before and behind it may be in brackets. */
function methodPart(
  text: string,
  callee: AnyNode,
): { readonly start: number; readonly end: number } {
  const name = callee.type === 'MemberExpression' ? callee.property : callee;
  const dot = text.lastIndexOf('.', name.start);
  return {
    start: isOptionalMember(callee) ? dot - 1 : dot,
    end: text.indexOf('(', callee.end) + 1,
  };
}

function isOptionalMember(callee: AnyNode): boolean {
  return callee.type === 'MemberExpression' && callee.optional;
}

/** Before `function` or the arrow's parameters; a method's own node begins behind its name, so before the name. */
function asyncPlace({ node, ancestors }: Site<FunctionNode>): number {
  const outer = ancestors.at(-2);
  if (outer?.type === 'Property' && outer.method) return outer.start;
  if (outer?.type === 'MethodDefinition') return outer.key.start - (outer.computed ? 1 : 0);
  return node.start;
}
