/**
 * Which declaration each name of a module refers to. Works on the syntax tree of one bundled module; the colouring
 * and the rewriting ask it. A name without a declaration is a global. `with` and `eval` do not exist in modules
 * as far as this goes.
 */
import type {
  AnyNode,
  ArrowFunctionExpression,
  CallExpression,
  FunctionDeclaration,
  FunctionExpression,
  Identifier,
  NewExpression,
  Program,
} from 'acorn';
import { fullAncestor } from 'acorn-walk';

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

/** A node and all nodes around it, outermost first, itself last. */
export interface Site<Node extends AnyNode = AnyNode> {
  readonly node: Node;
  readonly ancestors: readonly AnyNode[];
}

export interface Binding {
  readonly name: string;
  /** What it is bound to where it is declared, if that is an expression or a function. */
  readonly init: AnyNode | undefined;
  /** Set for a plain parameter `f(a, b)`. */
  readonly parameter: { readonly of: FunctionNode; readonly index: number } | undefined;
  /** Set for `const { property } = init`. */
  readonly taken: { readonly from: AnyNode; readonly property: string } | undefined;
  /** Set for an import; `imported` is `*` for a namespace. */
  readonly imported: { readonly module: string; readonly name: string } | undefined;
  /** It is assigned to after its declaration. */
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

export function isFunctionNode(node: AnyNode | null | undefined): node is FunctionNode {
  return (
    node?.type === 'FunctionDeclaration' ||
    node?.type === 'FunctionExpression' ||
    node?.type === 'ArrowFunctionExpression'
  );
}

type Scope = Map<string, Binding>;

const SCOPE_TYPES = new Set<AnyNode['type']>([
  'Program',
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'BlockStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'CatchClause',
  'SwitchStatement',
  'StaticBlock',
  'ClassExpression',
]);

export function scopeModule(program: Program): ScopedModule {
  const all = collect(program);
  const scopes = new Map<AnyNode, Scope>();
  const declared = new Map<Identifier, Binding>();
  for (const site of all) declare(site, scopes, declared);
  const references: Reference[] = [];
  const byIdentifier = new Map<Identifier, Binding>(declared);
  for (const { node, ancestors } of all) {
    if (node.type !== 'Identifier' || declared.has(node)) continue;
    const binding = resolve(node.name, ancestors, scopes);
    const reference = { node, ancestors, binding, isWrite: isWrite(node, ancestors) };
    references.push(reference);
    if (binding === undefined) continue;
    binding.references.push(reference);
    if (reference.isWrite) binding.isReassigned = true;
    byIdentifier.set(node, binding);
  }
  return {
    program,
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
    topLevel: (name) => scopes.get(program)?.get(name),
  };
}

function collect(program: Program): Site[] {
  const sites: Site[] = [];
  fullAncestor(program, (node, _state, ancestors) => {
    sites.push({ node, ancestors: [...ancestors] });
  });
  return sites;
}

function declare(
  { node, ancestors }: Site,
  scopes: Map<AnyNode, Scope>,
  declared: Map<Identifier, Binding>,
): void {
  const add = (
    scopeNode: AnyNode | undefined,
    identifier: Identifier,
    more: Partial<Pick<Binding, 'init' | 'parameter' | 'taken' | 'imported'>> = {},
  ): void => {
    if (scopeNode === undefined) return;
    let scope = scopes.get(scopeNode);
    if (scope === undefined) {
      scope = new Map();
      scopes.set(scopeNode, scope);
    }
    const { name } = identifier;
    const known = scope.get(name);
    const binding: Binding = known ?? {
      name,
      init: more.init,
      parameter: more.parameter,
      taken: more.taken,
      imported: more.imported,
      isReassigned: false,
      references: [],
    };
    if (known !== undefined) known.isReassigned = true;
    scope.set(name, binding);
    declared.set(identifier, binding);
  };
  const around = ancestors.slice(0, -1);
  if (node.type === 'VariableDeclaration') {
    const scope = node.kind === 'var' ? nearestFunction(around) : nearestScope(around);
    for (const { id, init } of node.declarations) {
      if (id.type === 'Identifier') add(scope, id, { init: init ?? undefined });
      else
        for (const name of patternNames(id)) add(scope, name, { taken: takenFrom(id, name, init) });
    }
  } else if (isFunctionNode(node)) {
    if (node.type === 'FunctionDeclaration' && node.id)
      add(nearestScope(around), node.id, { init: node });
    if (node.type === 'FunctionExpression' && node.id) add(node, node.id, { init: node });
    node.params.forEach((parameter, index) => {
      if (parameter.type === 'Identifier') add(node, parameter, { parameter: { of: node, index } });
      else for (const name of patternNames(parameter)) add(node, name);
    });
  } else if (node.type === 'ClassDeclaration' && node.id) {
    add(nearestScope(around), node.id);
  } else if (node.type === 'ClassExpression' && node.id) {
    add(node, node.id);
  } else if (node.type === 'CatchClause' && node.param) {
    for (const name of patternNames(node.param)) add(node, name);
  } else if (node.type === 'ImportDeclaration') {
    const module = String(node.source.value);
    for (const specifier of node.specifiers)
      add(around[0], specifier.local, { imported: { module, name: importedName(specifier) } });
  }
}

function takenFrom(
  pattern: AnyNode,
  name: Identifier,
  init: AnyNode | null | undefined,
): Binding['taken'] {
  if (pattern.type !== 'ObjectPattern' || !init) return undefined;
  for (const property of pattern.properties)
    if (property.type === 'Property' && property.value === name && !property.computed)
      if (property.key.type === 'Identifier') return { from: init, property: property.key.name };
  return undefined;
}

function importedName(
  specifier: Extract<AnyNode, { readonly type: `Import${string}Specifier` | 'ImportSpecifier' }>,
): string {
  if (specifier.type === 'ImportNamespaceSpecifier') return '*';
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  const { imported } = specifier;
  return imported.type === 'Identifier' ? imported.name : String(imported.value);
}

function nearestScope(around: readonly AnyNode[]): AnyNode | undefined {
  return around.findLast((node) => SCOPE_TYPES.has(node.type));
}

function nearestFunction(around: readonly AnyNode[]): AnyNode | undefined {
  return around.findLast(
    (node) => isFunctionNode(node) || node.type === 'Program' || node.type === 'StaticBlock',
  );
}

function resolve(
  name: string,
  ancestors: readonly AnyNode[],
  scopes: ReadonlyMap<AnyNode, Scope>,
): Binding | undefined {
  for (let i = ancestors.length - 1; i >= 0; i--) {
    const node = ancestors[i];
    const binding = node === undefined ? undefined : scopes.get(node)?.get(name);
    if (binding !== undefined) return binding;
  }
  return undefined;
}

function patternNames(pattern: AnyNode | null): Identifier[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        patternNames(property.type === 'Property' ? property.value : property.argument),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => patternNames(element));
    case 'RestElement':
      return patternNames(pattern.argument);
    case 'AssignmentPattern':
      return patternNames(pattern.left);
    default:
      return [];
  }
}

/** Whether this mention of a name assigns to it. */
function isWrite(node: Identifier, ancestors: readonly AnyNode[]): boolean {
  let inner: AnyNode = node;
  for (let i = ancestors.length - 2; i >= 0; i--) {
    const outer = ancestors[i];
    if (outer === undefined) return false;
    switch (outer.type) {
      case 'UpdateExpression':
        return true;
      case 'AssignmentExpression':
      case 'ForInStatement':
      case 'ForOfStatement':
        return outer.left === inner;
      case 'AssignmentPattern':
        if (outer.left !== inner) return false;
        break;
      case 'ObjectPattern':
      case 'ArrayPattern':
      case 'RestElement':
        break;
      case 'Property':
        if (outer.value !== inner) return false;
        break;
      default:
        return false;
    }
    inner = outer;
  }
  return false;
}
