/**
 * docs/k6-compatibility.md, made from what the snippets say they show: an item works where a snippet shows it and none says that it
 * differs. Nothing on the page is written by hand but its head.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '../../harness/exit-codes.js';
import type { Snippet } from './snippet.js';
import { SNIPPETS } from './snippets.js';
import { SURFACE } from './surface.js';

export const PAGE = 'docs/k6-compatibility.md';

const HEAD = `# k6 scripts: what works

Made by \`npm run docs\` from the snippets in \`src/tests/compat/snippets/\`: scripts as somebody would write them for k6, each
with what comes of it by k6's public documentation: requests that reached a server, values that the script saw, checks, metrics,
thresholds, what was told, exit code. \`npm run compat\` runs them on the worker pool, \`npm run compat -- --k6\` under a k6 that is
on the PATH too, and tells what differs. *works* means that
the snippets named show it and all of them pass; *differs* says how; *refused* means that a script which asks for it is not run,
and is told so by name; *not shown* means that no snippet is about it.
`;

export function pageText(): string {
  const sections = SURFACE.filter(({ items }) => items.length > 0).map(({ title, items }) =>
    [`## ${title}`, '', '| | | shown by |', '|---|---|---|', ...items.map(row), ''].join('\n'),
  );
  return `${HEAD}\n${sections.join('\n')}`;
}

/**
 * Writes the page below `root`. Called by scripts/ready.js.
 * @public
 */
export function writePage(root: string): void {
  writeFileSync(join(root, PAGE), pageText());
}

/** Items of parts that a snippet is about, and that none shows. */
export function gaps(): readonly string[] {
  return SURFACE.filter(({ items }) => items.some((item) => about(item).length > 0)).flatMap(
    ({ items }) => items.filter((item) => about(item).length === 0),
  );
}

/** What snippets are about and k6 has not, as far as is listed. */
export function unknownItems(): readonly string[] {
  const known = new Set(SURFACE.flatMap(({ items }) => items));
  return SNIPPETS.flatMap(itemsOf).filter((item) => !known.has(item));
}

function row(item: string): string {
  const snippets = about(item);
  return `| ${nameOf(item)} | ${statusOf(item, snippets)} | ${snippets.map(({ name }) => name).join(', ')} |`;
}

function about(item: string): readonly Snippet[] {
  return SNIPPETS.filter((snippet) => itemsOf(snippet).includes(item));
}

function itemsOf({ shows = [], differs = {}, refuses = [] }: Snippet): readonly string[] {
  return [...shows, ...Object.keys(differs), ...refuses];
}

function statusOf(item: string, snippets: readonly Snippet[]): string {
  const differences = snippets.flatMap(({ differs }) => differs?.[item] ?? []);
  if (differences.length > 0) return `differs: ${differences.join('; ')}`;
  if (snippets.length === 0) return 'not shown';
  return snippets.some(({ refuses }) => refuses?.includes(item)) ? 'refused' : 'works';
}

/** In a cell of a table. */
function nameOf(item: string): string {
  const name = item.slice(item.indexOf(' ') + 1);
  const meaning = Object.values(EXIT_CODES).find(({ code }) => item === `exit ${code}`)?.meaning;
  return meaning === undefined ? `\`${name}\`` : `${name}: ${meaning}`;
}
