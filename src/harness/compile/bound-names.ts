/**
 * What each name of a module is bound to by the text that declares it: a function, an expression, a property of something, an
 * import. Only what can be followed is told; a name deeper in a pattern has none of it.
 */
import type { AnyNode } from 'acorn';
import { requiredModule } from './bundler-output.js';
import { isFunctionNode, type Site } from './syntax.js';

export interface Bound {
  /** What it is bound to where it is declared, if that is an expression or a function. */
  readonly init: AnyNode | undefined;
  /** Set for `const { property } = init`. */
  readonly taken: { readonly from: AnyNode; readonly property: string } | undefined;
  /** Set for an import, and for `require` of a k6 module; the name is `*` for a namespace. */
  readonly imported: { readonly module: string; readonly name: string } | undefined;
}

/** By the identifier that declares the name. */
export function boundNames(sites: readonly Site[]): ReadonlyMap<object, Partial<Bound>> {
  const bound = new Map<object, Partial<Bound>>();
  for (const { node } of sites) {
    if (node.type === 'VariableDeclarator') declarator(node, bound);
    else if (isFunctionNode(node)) {
      if (node.type !== 'ArrowFunctionExpression' && node.id) bound.set(node.id, { init: node });
    } else if (node.type === 'ImportDeclaration') {
      const module = String(node.source.value);
      for (const specifier of node.specifiers)
        bound.set(specifier.local, { imported: { module, name: importedName(specifier) } });
    }
  }
  return bound;
}

function declarator(
  { id, init }: Extract<AnyNode, { readonly type: 'VariableDeclarator' }>,
  bound: Map<object, Partial<Bound>>,
): void {
  if (!init) return;
  const required = requiredModule(init);
  if (id.type === 'Identifier')
    bound.set(
      id,
      required === undefined ? { init } : { imported: { module: required, name: '*' } },
    );
  if (id.type !== 'ObjectPattern') return;
  for (const property of id.properties) {
    if (property.type !== 'Property' || property.computed) continue;
    const { key, value } = property;
    if (key.type === 'Identifier' && value.type === 'Identifier')
      bound.set(value, { taken: { from: init, property: key.name } });
  }
}

/** What it takes of its module: `*` for all, `default`, or a name. */
export function importedName(
  specifier: Extract<AnyNode, { readonly type: `Import${string}Specifier` | 'ImportSpecifier' }>,
): string {
  if (specifier.type === 'ImportNamespaceSpecifier') return '*';
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  const { imported } = specifier;
  return imported.type === 'Identifier' ? imported.name : String(imported.value);
}
