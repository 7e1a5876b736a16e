/**
 * HTML becomes a tree by the rules of HTML5 (parse5), for cheerio to select in. Both are loaded with the first document: most
 * scripts read none.
 */
import { createRequire } from 'node:module';
import type { Cheerio, CheerioAPI } from 'cheerio/slim';
import type { AnyNode } from 'domhandler';

export type Nodes = Cheerio<AnyNode>;

interface Library {
  readonly cheerio: typeof import('cheerio/slim');
  readonly parse5: typeof import('parse5');
  readonly adapter: typeof import('parse5-htmlparser2-tree-adapter').adapter;
}

let loaded: Library | undefined;

function library(): Library {
  if (loaded !== undefined) return loaded;
  const load = createRequire(import.meta.url);
  loaded = {
    cheerio: load('cheerio/slim'),
    parse5: load('parse5'),
    adapter: load('parse5-htmlparser2-tree-adapter').adapter,
  };
  return loaded;
}

/** Selects in the document. */
export function parseDocument(html: string): CheerioAPI {
  const { cheerio, parse5, adapter } = library();
  return cheerio.load(parse5.parse(html, { treeAdapter: adapter }));
}
