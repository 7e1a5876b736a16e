/** What a bundled script exports, as the bundler writes it, and as the object that the factory of a virtual user returns. */
import type { AnyNode, ExportSpecifier, ModuleDeclaration, Program } from 'acorn';
import { type NameRewriter, SUPPORT } from './rewrite-names.js';

/** In the factory: it is called for the plan, which wants the options too. */
export const PLANNING = '__paydrill_planning';

export function exportSpecifiers(program: Program): readonly ExportSpecifier[] {
  return program.body.filter(isExport).flatMap((node) => {
    if (commonJsEntry(node) !== undefined) return [];
    if (node.type !== 'ExportNamedDeclaration' || node.declaration || node.source)
      throw new Error(`the bundler left an export as it was: ${node.type}`);
    return node.specifiers;
  });
}

/** `export default require_night();` is all that the bundler writes for a script in CommonJS. */
function commonJsEntry(node: AnyNode): string | undefined {
  if (node.type !== 'ExportDefaultDeclaration') return undefined;
  const { declaration } = node;
  return declaration.type === 'CallExpression' && declaration.callee.type === 'Identifier'
    ? declaration.callee.name
    : undefined;
}

/** Options are for the plan alone: a running VU does not keep them alive. */
export function exportsText(
  program: Program,
  specifiers: readonly ExportSpecifier[],
  names: NameRewriter,
): string {
  const [entry] = program.body.map(commonJsEntry).filter((name) => name !== undefined);
  if (entry !== undefined) return `${SUPPORT}.exported(${entry}(),${PLANNING})`;
  const entries = specifiers.map(({ local, exported }) => {
    const name = exported.type === 'Identifier' ? exported.name : String(exported.value);
    const from = local.type === 'Identifier' ? local.name : String(local.value);
    return { name, text: `${JSON.stringify(name)}:${names.expression(from)}` };
  });
  const object = (some: typeof entries): string => `{${some.map(({ text }) => text).join(',')}}`;
  const running = entries.filter(({ name }) => name !== 'options');
  return `${PLANNING}?${object(entries)}:${object(running)}`;
}

export function isExport(node: AnyNode): node is ModuleDeclaration & AnyNode {
  return node.type.startsWith('Export');
}
