/**
 * What the bundler (bundle.ts) writes into a bundle of its own accord: CommonJS files wrapped into functions that run once, and the
 * helpers that run them. All of it is init code; `require` of what is left outside the bundle is an import.
 *
 *   var require_shop = __commonJS({ "shop.js"(exports, module) { ... } });
 *   var k6 = __require("k6");
 */
import type { AnyNode } from 'acorn';

/** The k6 module that a call requires, if it is such a call. */
export function requiredModule(node: AnyNode | null | undefined): string | undefined {
  if (node?.type !== 'CallExpression' || node.callee.type !== 'Identifier') return undefined;
  const [path] = node.arguments;
  return node.callee.name === '__require' &&
    path?.type === 'Literal' &&
    typeof path.value === 'string'
    ? path.value
    : undefined;
}

/** The function that ends `ancestors` is a file's wrapper or one of the helpers. */
export function isOfBundler(ancestors: readonly AnyNode[]): boolean {
  const [, , declarator, wrapping, , , wrapped] = ancestors;
  if (declarator?.type !== 'VariableDeclarator' || declarator.id.type !== 'Identifier')
    return false;
  if (HELPERS.has(declarator.id.name)) return true;
  return (
    wrapping?.type === 'CallExpression' &&
    wrapping.callee.type === 'Identifier' &&
    WRAPPERS.has(wrapping.callee.name) &&
    wrapped === ancestors.at(-1)
  );
}

const WRAPPERS = new Set(['__commonJS', '__esm']);
const HELPERS = new Set([
  ...WRAPPERS,
  '__require',
  '__export',
  '__reExport',
  '__copyProps',
  '__toESM',
  '__toCommonJS',
  '__glob',
]);
