/** Text for HTML and SVG: nothing in it can open a tag, leave an attribute, or act unseen. */
import { printableLines } from './printable.js';

export function escapeHtml(text: string): string {
  return printableLines(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
