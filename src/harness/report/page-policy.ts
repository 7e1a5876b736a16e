/**
 * The Content-Security-Policy of a page that is one file: nothing is loaded and nothing runs, not even what might have been smuggled into a
 * name; the only style is its own.
 */
import { createHash } from 'node:crypto';

/** The meta tag for a page with this text between its style tags. */
export function policyTag(style: string): string {
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
}
