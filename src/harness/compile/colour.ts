/**
 * Decides which functions of a script become async and which calls are awaited, so that a script written in k6's
 * synchronous style waits where k6 would. A function is coloured when it waits: because it calls a k6 function that
 * waits, or a coloured function of its own. Colours spread along the call graph (value-flow.ts) until nothing changes:
 *
 *   none      never waits; left as it is
 *   promise   only returns what a waiting call returned: left as it is, at no cost, but its callers must wait
 *   async     waits in its middle: becomes `async`, and its waiting calls are awaited
 *
 * A function that the script itself wrote as `async` handles its promises itself: there only what blocks in
 * k6 whatever one does (sleep, a synchronous function that sleeps) is awaited.
 * Where waiting is impossible (places.ts) the script is refused with the line that waits; where it is only known at run time whether
 * a call there waits, it is looked at when it runs.
 */
import type { AnyNode, TaggedTemplateExpression } from 'acorn';
import {
  type CallKindOf,
  type CallSite,
  calledName,
  functionOfBinding,
  isCheck,
  k6FunctionOf,
  loopedBy,
  type MethodsOf,
  waits,
} from './call-targets.js';
import { callbacks, predicates } from './given-functions.js';
import { cannotWait, wayOut } from './places.js';
import type { ScopedModule } from './scope.js';
import { type FunctionNode, isFunctionNode, type Site } from './syntax.js';
import { ANYTHING, type Anything, type Callee, ValueFlow } from './value-flow.js';

/** Refuses the script: what is wrong, and the node where. */
export type Refuse = (message: string, at: AnyNode) => never;

/** `await` always; `maybe` where it is only known at run time whether there is anything to wait for; `never`: it must not. */
export type Wait = 'await' | 'maybe' | 'never';

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
  readonly becomeAsync: readonly (Site<FunctionNode> & {
    readonly because: CallSite | undefined;
  })[];
  /** Inner calls before the calls around them. */
  readonly edits: readonly CallEdit[];
  /** Templates with a tag that waits perhaps: what it gives is looked at when it runs. */
  readonly tags: readonly TaggedTemplateExpression[];
}

type Needs = 'none' | 'promise' | 'blocking' | 'maybe';

interface Facts {
  /** Why it cannot wait, if so: `a getter` ... */
  cannotWait: string | undefined;
  /** Called where nothing can wait: it stays as it is where it would wait perhaps. */
  staysSync: boolean;
  colour: 'none' | 'promise' | 'async';
  /** What it returns is not a promise that the script knows of. */
  blocks: boolean;
  because: CallSite | undefined;
}

/** What modules of k6 do, and who is told of what cannot be. */
interface How {
  readonly refuse: Refuse;
  readonly callKindOf: CallKindOf;
  readonly methodsOf: MethodsOf;
}

export function colour(module: ScopedModule, calls: readonly CallSite[], how: How): Colouring {
  const analysis = new Analysis(module, calls, how);
  while (analysis.spread());
  analysis.refuse();
  return analysis.result();
}

class Analysis {
  readonly #module: ScopedModule;
  readonly #calls: readonly CallSite[];
  readonly #facts = new Map<FunctionNode, Facts>();
  readonly #flow: ValueFlow;
  readonly #refuse: Refuse;
  readonly #callKindOf: CallKindOf;
  #changed = false;
  /** Something in it waits. */
  readonly #waiting = new Set<Anything>();

  constructor(module: ScopedModule, calls: readonly CallSite[], how: How) {
    this.#module = module;
    this.#flow = new ValueFlow(module, how);
    this.#calls = calls.map((call) => this.#withOwnMethods(call));
    this.#refuse = how.refuse;
    this.#callKindOf = how.callKindOf;
    const given = this.#givenToWhatCannotWait();
    for (const site of module.functions)
      this.#facts.set(site.node, {
        cannotWait:
          given.get(site.node) ??
          cannotWait(site) ??
          (this.#flow.isConstructed(site.node) ? 'a constructor' : undefined),
        staysSync: false,
        colour: 'none',
        blocks: false,
        because: undefined,
      });
    this.#spare();
    this.#passOnToCallbacks();
    this.#passOnToCallees();
  }

  /**
   * What stays as it is where it waits perhaps: predicates, because checks are many and few of their predicates wait; tags of templates,
   * because nothing can wait for them.
   */
  #spare(): void {
    const tags = this.#module.sites('TaggedTemplateExpression').map(({ node }) => node.tag);
    for (const value of [
      ...this.#calls.filter(isCheck).flatMap(({ node }) => predicates(node)),
      ...tags,
    ]) {
      const facts = this.#factsOf(this.#functionOf(value));
      if (facts !== undefined) facts.staysSync = true;
    }
  }

  /** A function that is called on the spot, once or by a loop, can wait no more than where it stands. */
  #passOnToCallbacks(): void {
    for (const call of this.#calls.toReversed()) {
      const { node, target, inside } = call;
      const called = target.is === 'loop' ? loopedBy({ node, target }) : node.callee;
      for (const fn of isCheck(call) ? predicates(node) : [called]) {
        const facts = isFunctionNode(fn) ? this.#facts.get(fn) : undefined;
        if (facts === undefined) continue;
        facts.cannotWait ??= inside === undefined ? 'init code' : this.#factsOf(inside)?.cannotWait;
      }
    }
  }

  /** What is called where nothing can wait, and what that calls, should not wait either. */
  #passOnToCallees(): void {
    const inside = new Map<FunctionNode, CallSite[]>();
    for (const call of this.#calls)
      if (call.inside !== undefined)
        inside.set(call.inside, [...(inside.get(call.inside) ?? []), call]);
    const left = this.#calls.filter((call) => this.#cannotWaitHere(call));
    for (let call = left.pop(); call !== undefined; call = left.pop()) {
      const { target, node } = call;
      const callees = target.is === 'function' ? [target.fn] : this.#flow.callees(node);
      const given: readonly AnyNode[] = target.is === 'loop' ? node.arguments : [];
      const looped = given.flatMap((argument) => this.#flow.valuesOf(argument));
      for (const callee of [...callees, ...looped]) {
        if (typeof callee === 'string' || callee.type === 'K6Function') continue;
        const facts = this.#facts.get(callee);
        if (facts === undefined || facts.staysSync) continue;
        facts.staysSync = true;
        left.push(...(inside.get(callee) ?? []));
      }
    }
  }

  /** One round over all calls; true if anything changed. */
  spread(): boolean {
    this.#changed = false;
    for (const anything of ANYTHING)
      if (!this.#waiting.has(anything) && this.#anyWaits(this.#flow.within(anything), undefined)) {
        this.#waiting.add(anything);
        this.#changed = true;
      }
    for (const call of this.#calls) this.#spreadToCaller(call);
    return this.#changed;
  }

  refuse(): void {
    for (const call of this.#calls) {
      this.#refuseCallbacks(call);
      const needs = this.#needs(call);
      if (needs === 'none' || needs === 'maybe' || isLeftAlone(call, needs)) continue;
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
    for (const { node } of this.#module.sites('TaggedTemplateExpression'))
      if (this.#surelyWaits(node.tag))
        this.#refuse(
          'the tag of a template waits for an answer, which it cannot: call it as a function',
          node,
        );
    for (const { cannotWait, colour, because } of this.#facts.values())
      if (cannotWait !== undefined && colour !== 'none' && because !== undefined)
        this.#refuse(
          `${calledName(because)}() waits for an answer, which ${cannotWait} cannot: ${wayOut(cannotWait)}`,
          because.node,
        );
  }

  result(): Colouring {
    const becomeAsync = this.#module.functions.flatMap((site) => {
      const { colour, because } = this.#factsOf(site.node) ?? {};
      return colour === 'async' && !site.node.async ? [{ ...site, because }] : [];
    });
    const edits = this.#calls.flatMap((call) => this.#edit(call));
    return { becomeAsync, edits, tags: this.#tagsThatMayWait() };
  }

  /** What k6 has as a tag, `http.url`, is known, whatever else is called so. */
  #tagsThatMayWait(): readonly TaggedTemplateExpression[] {
    return this.#module
      .sites('TaggedTemplateExpression')
      .map(({ node }) => node)
      .filter(
        (node) =>
          k6FunctionOf(node.tag, this.#module, this.#callKindOf) === undefined &&
          this.#anyWaits(this.#flow.callees(node), undefined),
      );
  }

  #edit(call: CallSite): CallEdit[] {
    const needs = this.#needs(call);
    if (needs === 'none' || isLeftAlone(call, needs)) return [];
    const caller = this.#factsOf(call.inside);
    const isAsync = call.inside?.async === true;
    if (needs === 'maybe' && this.#cannotWaitHere(call))
      return [{ call, wait: 'never', loop: false, floating: false }];
    const isLoop = this.#isWaitingLoop(call);
    if (isAsync && needs === 'promise')
      return [{ call, wait: undefined, loop: false, floating: call.use === 'statement' }];
    const waits = isAsync || caller?.colour === 'async';
    const wait = waits ? (needs === 'maybe' && !isLoop ? 'maybe' : 'await') : undefined;
    return [{ call, wait, loop: isLoop, floating: false }];
  }

  #cannotWaitHere({ inside, noAwaitHere }: CallSite): boolean {
    if (noAwaitHere !== undefined || inside === undefined) return true;
    const facts = this.#factsOf(inside);
    return (
      facts?.cannotWait !== undefined || (facts?.staysSync === true && facts.colour === 'none')
    );
  }

  #spreadToCaller(call: CallSite): void {
    const caller = this.#factsOf(call.inside);
    if (caller === undefined || call.inside?.async || call.noAwaitHere !== undefined) return;
    const needs = this.#needs(call);
    if (needs === 'none' || isLeftAlone(call, needs)) return;
    if (needs === 'maybe' && this.#cannotWaitHere(call)) return;
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

  #factsOf(fn: FunctionNode | undefined): Facts | undefined {
    return fn === undefined ? undefined : this.#facts.get(fn);
  }

  #needs({ node, target }: CallSite): Needs {
    switch (target.is) {
      case 'api':
        if (target.kind === 'promise') return 'promise';
        if (waits(target.kind)) return 'blocking';
        if (target.kind === 'check') return this.#hasWaitingPredicate(node) ? 'blocking' : 'none';
        if (target.kind !== 'group' || !this.#mayWait(node.arguments[1])) return 'none';
        return isFunctionNode(node.arguments[1]) ? 'blocking' : 'maybe';
      case 'function':
        return this.#needsOfFunction(target.fn);
      case 'loop': {
        if (!this.#isWaitingLoop({ node, target })) return this.#needsOfValue(node);
        const callback = loopedBy({ node, target });
        return isFunctionNode(callback) ? this.#needsOfFunction(callback) : 'blocking';
      }
      case 'value':
        return this.#needsOfValue(node);
      case 'builtin':
      case 'cannot-wait':
        return 'none';
      default:
        return target satisfies never;
    }
  }

  #hasWaitingPredicate(call: CallSite['node']): boolean {
    return predicates(call).some((predicate) => {
      const fn = this.#functionOf(predicate);
      return fn === undefined ? this.#surelyWaits(predicate) : this.#needsOfFunction(fn) !== 'none';
    });
  }

  #needsOfValue(call: CallSite['node']): Needs {
    return this.#anyWaits(this.#flow.callees(call), call.arguments[1]) ? 'maybe' : 'none';
  }

  #isWaitingLoop({ node, target }: Pick<CallSite, 'node' | 'target'>): boolean {
    return (
      target.is === 'loop' &&
      node.arguments.slice(target.callbackAt).some((argument) => this.#mayWait(argument))
    );
  }

  /** Calling a function that the script wrote as async gives a promise, as it would in k6. */
  #needsOfFunction(fn: FunctionNode): Needs {
    const facts = this.#facts.get(fn);
    if (facts === undefined || fn.async || facts.colour === 'none') return 'none';
    return facts.colour === 'promise' && !facts.blocks ? 'promise' : 'blocking';
  }

  /** `second`: the argument that a group would call. */
  #anyWaits(callees: readonly Callee[], second: AnyNode | undefined): boolean {
    return callees.some((callee) => {
      if (typeof callee === 'string') return this.#waiting.has(callee);
      if (callee.type !== 'K6Function') return this.#needsOfFunction(callee) !== 'none';
      return waits(callee.kind) || (callee.kind === 'group' && this.#mayWait(second));
    });
  }

  /** Whether calling the value of this expression may wait. */
  #mayWait(expression: AnyNode | undefined): boolean {
    return expression !== undefined && this.#anyWaits(this.#flow.valuesOf(expression), undefined);
  }

  /** Whether calling it waits, if it can be no other function than one that does. */
  #surelyWaits(expression: AnyNode): boolean {
    const values = this.#flow.valuesOf(expression);
    return values.length === 1 && typeof values[0] === 'object' && this.#mayWait(expression);
  }

  /** `x.sort(f)` may be a method of the script's own: which it is, is looked at when it runs, as for a loop. */
  #withOwnMethods(call: CallSite): CallSite {
    const { target } = call;
    return target.is === 'cannot-wait' && this.#flow.isOwnName(target.name)
      ? { ...call, target: { is: 'loop', method: target.name, callbackAt: 0 } }
      : call;
  }

  /** Functions that are called by what cannot wait for them, as `a function given to sort()`. */
  #givenToWhatCannotWait(): ReadonlyMap<FunctionNode, string> {
    const given = new Map<FunctionNode, string>();
    for (const [callback, receiver] of this.#calls.flatMap(callbacks)) {
      const fn = this.#functionOf(callback);
      if (fn !== undefined) given.set(fn, `a function given to ${receiver}()`);
    }
    return given;
  }

  #functionOf(expression: AnyNode): FunctionNode | undefined {
    if (isFunctionNode(expression)) return expression;
    return expression.type === 'Identifier'
      ? functionOfBinding(this.#module.bindingOf(expression), this.#module)
      : undefined;
  }

  #refuseCallbacks(call: CallSite): void {
    if (isCheck(call))
      for (const predicate of predicates(call.node))
        if (isFunctionNode(predicate) && predicate.async)
          this.#refuse('check() takes no async function: await before check()', predicate);
    for (const [callback, receiver] of callbacks(call)) {
      if (this.#functionOf(callback) === undefined && this.#surelyWaits(callback))
        this.#refuse(
          `the function given waits for an answer, which a function given to ${receiver}() cannot: call it before`,
          callback,
        );
    }
  }
}

/** What blocks in k6 gives a value, whatever is done with it; only what the script awaits is left to it. */
function isLeftAlone(call: CallSite, needs: Needs): boolean {
  return call.use === 'awaited' || (call.use === 'explicit' && needs !== 'blocking');
}
