/**
 * Decides which functions of a script become async and which calls are awaited, so that a script written in k6's
 * synchronous style waits where k6 would. A function is coloured when it waits: because it calls a k6 function that
 * waits, or a coloured function of its own. Colours spread along the call graph until nothing changes:
 *
 *   none      never waits; left as it is
 *   promise   only returns what a waiting call returned: left as it is, at no cost, but its callers must wait
 *   async     waits in its middle: becomes `async`, and its waiting calls are awaited
 *
 * A function that the script itself wrote as `async` handles its promises itself: there only what blocks in
 * k6 whatever one does (sleep, a synchronous function that sleeps) is awaited.
 * Where waiting is impossible (getters, constructors, generators, comparators, check predicates), the script is
 * refused with the line that waits.
 */
import type { AnyNode } from 'acorn';
import {
  type CallKindOf,
  type CallSite,
  functionOfBinding,
  k6FunctionOf,
  waits,
} from './call-targets.js';
import { escapes, k6FunctionEscapes, type Methods, methodsByName } from './function-values.js';
import type { ScopedModule } from './scope.js';
import { type FunctionNode, isFunctionNode, type Site } from './syntax.js';

/** Refuses the script: what is wrong, and the node where. */
export type Refuse = (message: string, at: AnyNode) => never;

/** `await` always; `maybe` where it is only known at run time whether there is anything to wait for. */
export type Wait = 'await' | 'maybe';

/** What becomes of one call. */
export interface CallEdit {
  readonly call: CallSite;
  readonly wait: Wait | undefined;
  /** `x.forEach(f)` whose callback waits: turned into a loop. */
  readonly loop: boolean;
  /** An operation that the script does not wait for: the iteration must. */
  readonly floating: boolean;
}

export interface Colouring {
  readonly becomeAsync: readonly Site<FunctionNode>[];
  /** Inner calls before the calls around them. */
  readonly edits: readonly CallEdit[];
}

type Needs = 'none' | 'promise' | 'blocking' | 'maybe';

interface Facts {
  readonly node: FunctionNode;
  /** Why it cannot wait, if so: `a getter` ... */
  readonly cannotWait: string | undefined;
  /** Its value goes where it cannot be followed: anyone may call it. */
  readonly escapes: boolean;
  colour: 'none' | 'promise' | 'async';
  /** What it returns is not a promise that the script knows of. */
  blocks: boolean;
  because: CallSite | undefined;
  readonly parameterWaits: boolean[];
}

export function colour(
  module: ScopedModule,
  calls: readonly CallSite[],
  how: { readonly refuse: Refuse; readonly callKindOf: CallKindOf },
): Colouring {
  const analysis = new Analysis(module, calls, how);
  while (analysis.spread());
  analysis.refuse();
  return analysis.result();
}

class Analysis {
  readonly #module: ScopedModule;
  readonly #calls: readonly CallSite[];
  readonly #facts = new Map<FunctionNode, Facts>();
  readonly #methods: Methods;
  readonly #refuse: Refuse;
  readonly #callKindOf: CallKindOf;
  /** Something that waits is where no call of it can be seen: any unknown call may be one. */
  #waitingEscaped: boolean;
  #changed = false;

  constructor(
    module: ScopedModule,
    calls: readonly CallSite[],
    how: { readonly refuse: Refuse; readonly callKindOf: CallKindOf },
  ) {
    this.#module = module;
    this.#calls = calls;
    this.#refuse = how.refuse;
    this.#callKindOf = how.callKindOf;
    this.#methods = methodsByName(module, how.callKindOf);
    const targets = new Map(calls.map((call) => [call.node, call.target]));
    for (const site of module.functions)
      this.#facts.set(site.node, {
        node: site.node,
        cannotWait: whyItCannotWait(site),
        escapes: escapes(site, module, targets),
        colour: 'none',
        blocks: false,
        because: undefined,
        parameterWaits: site.node.params.map(() => false),
      });
    this.#waitingEscaped = k6FunctionEscapes(module, targets, how.callKindOf);
  }

  /** One round over all calls; true if anything changed. */
  spread(): boolean {
    this.#changed = false;
    for (const call of this.#calls) {
      this.#spreadToParameters(call);
      this.#spreadToCaller(call);
    }
    for (const facts of this.#facts.values())
      if (facts.escapes && facts.colour !== 'none' && !this.#waitingEscaped) {
        this.#waitingEscaped = true;
        this.#changed = true;
      }
    return this.#changed;
  }

  refuse(): void {
    for (const call of this.#calls) {
      this.#refuseCallbacks(call);
      const needs = this.#needs(call);
      if (needs === 'none' || needs === 'maybe' || isLeftAlone(call)) continue;
      const what = `${calledName(call)}() waits for an answer`;
      if (call.noAwaitHere !== undefined)
        this.#refuse(
          `${what}, which ${call.noAwaitHere} cannot: move it into a function body`,
          call.node,
        );
      if (call.inside === undefined)
        this.#refuse(
          `${what}, which init code cannot: move it into an exported function`,
          call.node,
        );
    }
    for (const { cannotWait, colour, because } of this.#facts.values())
      if (cannotWait !== undefined && colour !== 'none' && because !== undefined)
        this.#refuse(
          `${calledName(because)}() waits for an answer, which ${cannotWait} cannot: call it from a plain function`,
          because.node,
        );
  }

  result(): Colouring {
    const becomeAsync = this.#module.functions.filter(
      ({ node }) => this.#facts.get(node)?.colour === 'async' && !node.async,
    );
    return { becomeAsync, edits: this.#calls.flatMap((call) => this.#edit(call)) };
  }

  #edit(call: CallSite): CallEdit[] {
    const needs = this.#needs(call);
    if (needs === 'none' || isLeftAlone(call)) return [];
    const caller = call.inside === undefined ? undefined : this.#facts.get(call.inside);
    const isLoop = call.target.is === 'loop';
    if (caller?.node.async === true && needs === 'promise')
      return [{ call, wait: undefined, loop: false, floating: call.use === 'statement' }];
    const waits = caller?.node.async === true || caller?.colour === 'async';
    const wait = waits ? (needs === 'maybe' ? 'maybe' : 'await') : undefined;
    return [{ call, wait, loop: isLoop, floating: false }];
  }

  #spreadToCaller(call: CallSite): void {
    const caller = call.inside === undefined ? undefined : this.#facts.get(call.inside);
    if (caller === undefined || caller.node.async || call.noAwaitHere !== undefined) return;
    const needs = this.#needs(call);
    if (needs === 'none' || isLeftAlone(call)) return;
    if (call.use !== 'tail') this.#raise(caller, 'async', call);
    else if (caller.colour === 'none') this.#raise(caller, 'promise', call);
    if (needs !== 'promise' && !caller.blocks) {
      caller.blocks = true;
      this.#changed = true;
    }
  }

  #raise(facts: Facts, colour: 'promise' | 'async', because: CallSite): void {
    if (facts.colour === colour) return;
    facts.colour = colour;
    facts.because = because;
    this.#changed = true;
  }

  /** A function that waits, given as an argument, makes the parameter wait that it arrives in. */
  #spreadToParameters({ node, target }: CallSite): void {
    const callees =
      target.is === 'function'
        ? [target.fn]
        : target.is === 'method'
          ? (this.#methods.functions.get(target.name) ?? [])
          : [];
    for (const callee of callees) {
      const waits = this.#facts.get(callee)?.parameterWaits ?? [];
      node.arguments.forEach((argument, index) => {
        if (waits[index] !== false || !this.#mayWait(argument)) return;
        waits[index] = true;
        this.#changed = true;
      });
    }
  }

  #needs({ node, target }: CallSite): Needs {
    switch (target.is) {
      case 'api':
        if (target.kind === 'blocking' || target.kind === 'promise') return target.kind;
        if (target.kind !== 'group' || !this.#mayWait(node.arguments[1])) return 'none';
        return isFunctionNode(node.arguments[1]) ? 'blocking' : 'maybe';
      case 'function':
        return this.#needsOfFunction(target.fn);
      case 'loop': {
        const callback = node.arguments[0];
        if (!this.#mayWait(callback)) return 'none';
        return isFunctionNode(callback) ? this.#needsOfFunction(callback) : 'blocking';
      }
      case 'method':
        return this.#methodWaits(target.name) ? 'maybe' : 'none';
      case 'parameter':
        return this.#parameterWaits(target) ? 'maybe' : 'none';
      case 'unknown':
        return this.#waitingEscaped ? 'maybe' : 'none';
      case 'builtin':
      case 'cannot-wait':
        return 'none';
      default:
        return target satisfies never;
    }
  }

  /** Calling a function that the script wrote as async gives a promise, as it would in k6. */
  #needsOfFunction(fn: FunctionNode): Needs {
    const facts = this.#facts.get(fn);
    if (facts === undefined || fn.async || facts.colour === 'none') return 'none';
    return facts.colour === 'promise' && !facts.blocks ? 'promise' : 'blocking';
  }

  #parameterWaits({ of, index }: { readonly of: FunctionNode; readonly index: number }): boolean {
    const facts = this.#facts.get(of);
    if (facts?.parameterWaits[index] === true) return true;
    return facts?.escapes === true && this.#waitingEscaped;
  }

  #methodWaits(name: string): boolean {
    const functions = this.#methods.functions.get(name) ?? [];
    return (
      this.#methods.k6.has(name) || functions.some((fn) => this.#needsOfFunction(fn) !== 'none')
    );
  }

  #isWaitingK6Function(expression: AnyNode): boolean {
    return waits(k6FunctionOf(expression, this.#module, this.#callKindOf)?.kind);
  }

  /** Whether calling the value of this expression may wait. */
  #mayWait(expression: AnyNode | undefined): boolean {
    switch (expression?.type) {
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#needsOfFunction(expression) !== 'none';
      case 'Identifier': {
        if (this.#isWaitingK6Function(expression)) return true;
        const binding = this.#module.bindingOf(expression);
        const fn = functionOfBinding(binding, this.#module);
        if (fn !== undefined) return this.#needsOfFunction(fn) !== 'none';
        if (binding?.parameter) return this.#parameterWaits(binding.parameter);
        return binding !== undefined && binding.imported === undefined && this.#waitingEscaped;
      }
      case 'ConditionalExpression':
        return this.#mayWait(expression.consequent) || this.#mayWait(expression.alternate);
      case 'MemberExpression':
        if (this.#isWaitingK6Function(expression)) return true;
        if (expression.computed || expression.property.type !== 'Identifier')
          return this.#waitingEscaped;
        return this.#methodWaits(expression.property.name);
      case 'CallExpression':
        return this.#waitingEscaped;
      default:
        return false;
    }
  }

  #refuseCallbacks({ node, target }: CallSite): void {
    if (target.is === 'cannot-wait')
      this.#refuseCallback(node.arguments[target.callbackAt], target.name);
    if (target.is !== 'api') return;
    const second = node.arguments[1];
    if (target.kind === 'callback') this.#refuseCallback(second, target.name);
    if (target.kind === 'group' && isFunctionNode(second) && second.async)
      this.#refuse(
        'group() takes no async function: leave out `async` and `await`, calls wait by themselves',
        second,
      );
    if (target.kind === 'check' && second?.type === 'ObjectExpression')
      for (const property of second.properties)
        if (property.type === 'Property') this.#refuseCallback(property.value, 'check');
  }

  #refuseCallback(callback: AnyNode | undefined, receiver: string): void {
    if (callback === undefined) return;
    if (isFunctionNode(callback) && callback.async && receiver === 'check')
      this.#refuse('check() takes no async function: await before check()', callback);
    if (!this.#mayWait(callback)) return;
    const because = isFunctionNode(callback) ? this.#facts.get(callback)?.because : undefined;
    const waiting = because === undefined ? 'the function given' : `${calledName(because)}()`;
    this.#refuse(
      `${waiting} waits for an answer, which a function given to ${receiver}() cannot: call it before`,
      because?.node ?? callback,
    );
  }
}

function isLeftAlone(call: CallSite): boolean {
  return call.use === 'awaited' || call.use === 'explicit';
}

function calledName({ node, target }: Pick<CallSite, 'node' | 'target'>): string {
  if (target.is === 'api' || target.is === 'method') return target.name;
  const callee = node.callee;
  if (callee.type === 'Identifier') return callee.name;
  return target.is === 'loop' ? target.method : 'the function called';
}

function whyItCannotWait({ node, ancestors }: Site<FunctionNode>): string | undefined {
  if (node.generator && !node.async) return 'a generator';
  const outer = ancestors.at(-2);
  if (outer?.type === 'MethodDefinition') {
    if (outer.kind === 'constructor') return 'a constructor';
    if (outer.kind === 'get') return 'a getter';
    if (outer.kind === 'set') return 'a setter';
  }
  if (outer?.type !== 'Property') return undefined;
  if (outer.kind === 'get') return 'a getter';
  return outer.kind === 'set' ? 'a setter' : undefined;
}
