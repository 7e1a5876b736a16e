/**
 * Calls that wait behind `?.` with more behind them. What stands before `?.` decides whether the rest is looked at at all, and awaiting a
 * part of a chain would cut it in two; so the chain is taken apart at its last `?.` before the call:
 *
 *   shop?.order(1).json('id')   ->   ((head = shop) == null ? void 0 : (await head.order(1)).json('id'))
 *
 * One variable does for all: it is read at once where it was written, before anything waits.
 */
import type { AnyNode, CallExpression, ChainExpression } from 'acorn';
import type MagicString from 'magic-string';
import type { CallSite } from './call-targets.js';

export const HEAD = '__paydrill_head';

type Link = Extract<AnyNode, { type: 'MemberExpression' | 'CallExpression' }>;

interface Cut {
  readonly link: Link;
  /** What stands at the link after the rewriting, behind the head. */
  tail: string;
  start: number;
  end: number;
  /** What is put in front of the rest, outer calls first. */
  before: string;
}

/** The chains of one text that are taken apart. */
export class OptionalChains {
  readonly #cuts = new Map<ChainExpression, Cut>();
  readonly #output: MagicString;

  constructor(output: MagicString) {
    this.#output = output;
  }

  /** Calls come inner ones first. Undefined where the chain cannot be taken apart for it. */
  cutBefore(call: CallSite): Cut | undefined {
    const chain = chainOf(call);
    const link = lastLink(call.node);
    if (chain === undefined || link === undefined) return undefined;
    const known = this.#cuts.get(chain);
    if (known !== undefined) return known.link === link ? known : undefined;
    const head = link.type === 'MemberExpression' ? link.object : link.callee;
    // `shop.order?.(1)` has a `this` that would be lost.
    if (link.type === 'CallExpression' && head.type !== 'Identifier') return undefined;
    const start = this.#output.original.indexOf('?.', head.end);
    const isNamed = link.type === 'MemberExpression' && !link.computed;
    const cut = { link, tail: isNamed ? '.' : '', start, end: start + 2, before: '' };
    this.#cuts.set(chain, cut);
    this.#output.prependRight(chain.start, `((${HEAD}=`);
    // Whatever awaits the whole chain comes later, and around it.
    this.#output.appendLeft(chain.end, ')');
    return cut;
  }

  /** It ends within a chain that is taken apart before it. */
  isTaken(call: CallSite): boolean {
    const chain = chainOf(call);
    return chain !== undefined && this.#cuts.has(chain);
  }

  /** Once all calls have been gone through. */
  finish(): void {
    for (const { before, tail, start, end } of this.#cuts.values())
      this.#output.update(start, end, `)==null?void 0:${before}${HEAD}${tail}`);
  }
}

/** The chain whose spine the call is on. */
function chainOf({ node, ancestors }: CallSite): ChainExpression | undefined {
  let inner: AnyNode = node;
  for (const outer of ancestors.slice(0, -1).reverse()) {
    if (outer.type === 'ChainExpression') return outer;
    const below =
      outer.type === 'MemberExpression'
        ? outer.object
        : outer.type === 'CallExpression'
          ? outer.callee
          : undefined;
    if (below !== inner) return undefined;
    inner = outer;
  }
  return undefined;
}

/** The `?.` that stands nearest before what the call gives. */
function lastLink(call: AnyNode): Link | undefined {
  for (let inner = call; ; ) {
    if (inner.type !== 'CallExpression' && inner.type !== 'MemberExpression') return undefined;
    if (inner.optional) return inner;
    inner =
      inner.type === 'CallExpression' ? (inner satisfies CallExpression).callee : inner.object;
  }
}
