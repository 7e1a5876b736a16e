/**
 * What a name of a script stands for in the factory that transform.ts makes of it:
 *
 *   import { sleep } from 'k6'     sleep(1)      ->  m0.sleep(1)               a property of an object that knows its VU
 *                                  wait = sleep  ->  wait = support.ref(m0, "sleep")
 *   __ITER, console                              ->  vu.iterationOfVu, ...     what belongs to the VU
 *   open, import.meta                            ->  vu.opener("lib/data.js")  what belongs to the file too
 *   Math.random()                                ->  vu.random.nextFloat()     the seed's
 *   process                                      ->  support.global(vu, "process"): none of Node's
 */
import type { AnyNode } from 'acorn';
import type MagicString from 'magic-string';
import { requiredModule } from './bundler-output.js';
import type { Reference, ScopedModule } from './scope.js';
import { LANGUAGE_GLOBALS, VU_GLOBALS } from './vu-globals.js';

/** Parameters of the factory, by names that no script has. */
export const SUPPORT = '__paydrill_support';
export const VU = '__paydrill_vu';
const MODULE = '__paydrill_module';

/** Gives names of imports and globals their meaning in the factory. */
export class NameRewriter {
  writesEnv = false;
  /** The script has timers, or may find them. */
  usesTimers = false;
  readonly #output: MagicString;
  readonly #module: ScopedModule;
  readonly #modules: ModuleList;
  readonly #sourceOf: (node: AnyNode) => string;

  /** `sourceOf`: the file that a node was written in, relative to the script's folder. */
  constructor(
    output: MagicString,
    module: ScopedModule,
    parts: { readonly modules: ModuleList; readonly sourceOf: (node: AnyNode) => string },
  ) {
    this.#output = output;
    this.#module = module;
    this.#modules = parts.modules;
    this.#sourceOf = parts.sourceOf;
  }

  rewrite(reference: Reference): void {
    const { binding, node } = reference;
    if (binding?.imported && !binding.isReassigned)
      this.#rewriteImport(reference, binding.imported);
    else if (binding === undefined) this.#rewriteGlobal(reference, node.name);
  }

  /** `require('k6')`, where `call` is one. */
  rewriteRequire(call: AnyNode): void {
    const required = requiredModule(call);
    if (required === undefined) return;
    const namespace = `${SUPPORT}.namespace(${this.#modules.parameter(required)})`;
    this.#output.update(call.start, call.end, namespace);
  }

  rewriteImportMeta(node: AnyNode): void {
    const source = JSON.stringify(this.#sourceOf(node));
    this.#output.update(node.start, node.end, `${VU}.meta(${source})`);
  }

  /** What a top-level name stands for, as text. */
  expression(name: string): string {
    const imported = this.#module.topLevel(name)?.imported;
    if (imported === undefined) return name;
    const parameter = this.#modules.parameter(imported.module);
    return imported.name === '*' || imported.name === 'default'
      ? `${SUPPORT}.namespace(${parameter})`
      : `${SUPPORT}.ref(${parameter},${JSON.stringify(imported.name)})`;
  }

  #rewriteImport(
    reference: Reference,
    imported: { readonly module: string; readonly name: string },
  ): void {
    const { node, ancestors } = reference;
    const parameter = this.#modules.parameter(imported.module);
    const outer = ancestors.at(-2);
    if (imported.name === '*' || imported.name === 'default') {
      if (outer?.type !== 'MemberExpression' || outer.computed || outer.object !== node) {
        this.#replace(reference, `${SUPPORT}.namespace(${parameter})`);
        return;
      }
      const isCallee = isCalleeOf(outer, ancestors.at(-3));
      this.#replace(reference, parameter);
      if (isCallee || outer.property.type !== 'Identifier') return;
      this.#output.appendRight(outer.start, `${SUPPORT}.ref(`);
      this.#output.update(node.end, outer.end, `,${JSON.stringify(outer.property.name)})`);
      return;
    }
    this.#replace(
      reference,
      isCalleeOf(node, outer)
        ? `${parameter}.${imported.name}`
        : `${SUPPORT}.ref(${parameter},${JSON.stringify(imported.name)})`,
    );
  }

  #rewriteGlobal(reference: Reference, name: string): void {
    const { node, ancestors, isWrite } = reference;
    const outer = ancestors.at(-2);
    const vuProperty = VU_GLOBALS.get(name);
    if (vuProperty !== undefined) {
      if (name === '__ENV') this.#noteEnv(ancestors);
      const isFunction = VU_FUNCTIONS.has(name);
      const isMethod = isFunction && !isCalleeOf(node, outer);
      this.usesTimers ||= isFunction;
      this.#replace(
        reference,
        isMethod ? `((...args)=>${VU}.${vuProperty}(...args))` : `${VU}.${vuProperty}`,
      );
    } else if (name === 'open') {
      this.#replace(reference, `${VU}.opener(${JSON.stringify(this.#sourceOf(node))})`);
    } else if (name === 'Math') {
      if (outer?.type !== 'MemberExpression' || outer.object !== node || outer.computed)
        this.#replace(reference, `${SUPPORT}.math(${VU})`);
      else if (outer.property.type === 'Identifier' && outer.property.name === 'random') {
        const isCallee = isCalleeOf(outer, ancestors.at(-3));
        const random = `${VU}.random.nextFloat`;
        this.#output.update(outer.start, outer.end, isCallee ? random : `(()=>${random}())`);
      }
    } else if (name === 'globalThis' || name === 'global') {
      this.usesTimers = true;
      this.#replace(reference, `${SUPPORT}.globals(${VU})`);
    } else if (!LANGUAGE_GLOBALS.has(name) && !isWrite) {
      const isTypeof = outer?.type === 'UnaryExpression' && outer.operator === 'typeof';
      this.#replace(
        reference,
        isTypeof
          ? `${SUPPORT}.globals(${VU}).${name}`
          : `${SUPPORT}.global(${VU},${JSON.stringify(name)})`,
      );
    }
  }

  #noteEnv(ancestors: readonly AnyNode[]): void {
    const member = ancestors.at(-2);
    const around = ancestors.at(-3);
    const isRead =
      member?.type === 'MemberExpression' &&
      !(around?.type === 'AssignmentExpression' && around.left === member) &&
      !(around?.type === 'UnaryExpression' && around.operator === 'delete') &&
      around?.type !== 'UpdateExpression';
    if (!isRead) this.writesEnv = true;
  }

  /** `{ pay }` becomes `{ pay: ... }`. */
  #replace({ node, ancestors }: Reference, text: string): void {
    const outer = ancestors.at(-2);
    const shorthand = outer?.type === 'Property' && outer.shorthand && outer.value === node;
    this.#output.update(node.start, node.end, shorthand ? `${node.name}: ${text}` : text);
  }
}

function isCalleeOf(node: AnyNode, outer: AnyNode | undefined): boolean {
  return (
    (outer?.type === 'CallExpression' || outer?.type === 'NewExpression') && outer.callee === node
  );
}

const VU_FUNCTIONS = new Set(['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval']);

/** k6 modules in the order in which the factory takes them. */
export class ModuleList {
  readonly names: string[] = [];

  parameter(name: string): string {
    let at = this.names.indexOf(name);
    if (at < 0) at = this.names.push(name) - 1;
    return `${MODULE}${at}`;
  }

  parameters(): string[] {
    return this.names.map((_, at) => `${MODULE}${at}`);
  }
}
