/** The files of the page, shipped beside dist/ and read once: HTML, scripts, styles. Nothing else of the disk is ever served. */
import { readFileSync } from 'node:fs';
import { REPORT_STYLE } from '../report/style.js';

export interface PageFile {
  readonly type: string;
  readonly body: string;
}

const FOLDER = new URL('../../../page/', import.meta.url);
const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };

const SCRIPTS = [
  'main.js',
  'chart.js',
  'curve.js',
  'panels.js',
  'picture.js',
  'format.js',
  'dom.js',
];

/** By path. `acts`: there is a drill to act on. */
export function pageFiles({ acts }: { readonly acts: boolean }): ReadonlyMap<string, PageFile> {
  const html = textOf('index.html').replace('{{acts}}', String(acts));
  return new Map([
    ['/', file('html', html)],
    ['/style.css', file('css', `${REPORT_STYLE}${textOf('live.css')}`)],
    ['/icon.svg', file('svg', textOf('icon.svg'))],
    ...SCRIPTS.map((name) => [`/${name}`, file('js', textOf(name))] as const),
  ]);
}

function textOf(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}

function file(kind: keyof typeof TYPES, body: string): PageFile {
  return { type: `${TYPES[kind]}; charset=utf-8`, body };
}
