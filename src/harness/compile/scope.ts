/**
 * Which declaration each name of a module refers to, and what that declaration binds. Works on the syntax tree of one
 * bundled module; the colouring and the rewriting ask it. Who sees whom is eslint-scope's answer; this adds the nodes around
 * each name and what a name stands for. A name without a declaration is a global.
 */
import type { AnyNode, CallExpression, Identifier, NewExpression, Program } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import {
  analyze,
  type ScopeManager,
  type Reference as ScopeReference,
  type Variable,
} from 'eslint-scope';
import { type Bound, boundNames } from './bound-names.js';
import { type FunctionNode, isFunctionNode, type Site } from './syntax.js';

export interface Binding extends Bound {
  readonly name: string;
  /** That declares it, the first where there are more. */
  readonly identifier: object;
  /** It is assigned to after its declaration, or declared twice. */
  isReassigned: boolean;
  readonly references: Reference[];
}

export interface Reference extends Site<Identifier> {
  /** Undefined for a global. */
  readonly binding: Binding | undefined;
  readonly isWrite: boolean;
}

export interface ScopedModule {
  readonly program: Program;
  /** Inner nodes before those around them. */
  readonly all: readonly Site[];
  readonly functions: readonly Site<FunctionNode>[];
  readonly calls: readonly Site<CallExpression | NewExpression>[];
  readonly references: readonly Reference[];
  /** Every other kind of node that is of interest, by type. */
  sites<Type extends AnyNode['type']>(
    type: Type,
  ): readonly Site<Extract<AnyNode, { readonly type: Type }>>[];
  bindingOf(identifier: Identifier): Binding | undefined;
  /** A binding of the module's top level. */
  topLevel(name: string): Binding | undefined;
}

/** Of the language that the bundler writes (bundle.ts). */
const ECMA_VERSION = 2022;

export function scopeModule(program: Program): ScopedModule {
  const all = collect(program);
  const manager = analyze(sameTree(program), { ecmaVersion: ECMA_VERSION, sourceType: 'module' });
  const bindings = bindingsOf(manager, boundNames(all));
  const references = referencesOf(manager, all, bindings);
  const byIdentifier = new Map<object, Binding>();
  for (const [{ identifiers }, binding] of bindings)
    for (const identifier of identifiers) byIdentifier.set(identifier, binding);
  for (const { node, binding } of references)
    if (binding !== undefined) byIdentifier.set(node, binding);
  const top = manager.scopes.find(({ type }) => type === 'module');
  return {
    program,
    all,
    references,
    functions: all.filter((site): site is Site<FunctionNode> => isFunctionNode(site.node)),
    calls: all.filter(
      (site): site is Site<CallExpression | NewExpression> =>
        site.node.type === 'CallExpression' || site.node.type === 'NewExpression',
    ),
    sites: <Type extends AnyNode['type']>(type: Type) =>
      all.filter(
        (site): site is Site<Extract<AnyNode, { readonly type: Type }>> => site.node.type === type,
      ),
    bindingOf: (identifier) => byIdentifier.get(identifier),
    topLevel(name) {
      const variable = top?.set.get(name);
      return variable === undefined ? undefined : bindings.get(variable);
    },
  };
}

function collect(program: Program): Site[] {
  const sites: Site[] = [];
  fullAncestor(program, (node, _state, ancestors) => {
    sites.push({ node, ancestors: [...ancestors] });
  });
  return sites;
}

/** What no text declares, as `arguments`, is not among them. */
function bindingsOf(
  manager: ScopeManager,
  bound: ReadonlyMap<object, Partial<Bound>>,
): ReadonlyMap<Variable, Binding> {
  const bindings = new Map<Variable, Binding>();
  for (const variable of manager.scopes.flatMap(({ variables }) => variables)) {
    const [first, ...again] = variable.identifiers;
    if (first === undefined) continue;
    const { init, taken, imported } = bound.get(first) ?? {};
    const { name } = variable;
    const isReassigned = again.length > 0;
    const references: Reference[] = [];
    const identifier = first;
    bindings.set(variable, { name, identifier, init, taken, imported, isReassigned, references });
  }
  return bindings;
}

/** In the order of the walk. A declaration is no reference to itself, nor is a name in an `export { }`. */
function referencesOf(
  manager: ScopeManager,
  all: readonly Site[],
  bindings: ReadonlyMap<Variable, Binding>,
): Reference[] {
  const declared = new Set<object>([...bindings.keys()].flatMap(({ identifiers }) => identifiers));
  const resolved = new Map<object, ScopeReference>();
  for (const reference of manager.scopes.flatMap((scope) => scope.references))
    resolved.set(reference.identifier, reference);
  const references: Reference[] = [];
  for (const { node, ancestors } of all) {
    const found = node.type === 'Identifier' ? resolved.get(node) : undefined;
    if (found === undefined || node.type !== 'Identifier' || declared.has(node)) continue;
    const binding = found.resolved === null ? undefined : bindings.get(found.resolved);
    const reference = { node, ancestors, binding, isWrite: found.isWrite() };
    references.push(reference);
    if (binding === undefined) continue;
    binding.references.push(reference);
    if (reference.isWrite) binding.isReassigned = true;
  }
  return references;
}

/** eslint-scope takes its types of nodes from another package: the tree is the same, so this is the one cast. */
function sameTree(program: Program): Parameters<typeof analyze>[0] {
  return program as Parameters<typeof analyze>[0];
}
