/**
 * One call of a request on its way: how it is written, how a script is shown it, and which call a redirection makes of it.
 */
import type { HttpAnswer } from '../../ports/http.js';
import type { RequestBody } from './body.js';
import { headerOf } from './headers.js';
import type { SentRequest } from './response.js';
import { parseTargetUrl, type TargetUrl } from './target-url.js';

export interface Hop {
  readonly method: string;
  readonly target: TargetUrl;
  readonly body: RequestBody;
  readonly headers: [string, string][];
  readonly cookies: readonly (readonly [string, string])[];
}

/** Their requests say how long they are also where there is nothing. */
const SAYS_LENGTH = new Set(['POST', 'PUT', 'PATCH']);

/** Request line and header lines. */
export function headText({ method, target, body, headers, cookies }: Hop): string {
  const host = headers.find(([name]) => name === 'Host')?.[1] ?? target.host;
  let text = `${method} ${target.path} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (const [name, value] of headers) if (!OWN.has(name)) text += `${name}: ${value}\r\n`;
  if (body.bytes !== undefined) text += `Content-Length: ${body.bytes.byteLength}\r\n`;
  else if (SAYS_LENGTH.has(method)) text += 'Content-Length: 0\r\n';
  if (cookies.length > 0)
    text += `Cookie: ${cookies.map(([name, value]) => `${name}=${value}`).join('; ')}\r\n`;
  return text;
}

/** What is written here and by nobody else. */
const OWN = new Set(['Host', 'Content-Length', 'Transfer-Encoding']);

/** The call that a redirection asks for, as Go's client makes it; undefined where there is none. */
export function redirected(hop: Hop, answer: HttpAnswer): Omit<Hop, 'cookies'> | undefined {
  const { method, target, body, headers } = hop;
  const location = REDIRECTS.has(answer.status) ? headerOf(answer.headers, 'location') : undefined;
  if (location === undefined || !URL.canParse(location, target.href)) return undefined;
  const next = parseTargetUrl(new URL(location, target.href).href);
  if (next === undefined) return undefined;
  const keepsMethod = answer.status >= 307 || method === 'GET' || method === 'HEAD';
  const isSameHost = next.origin.hostname === target.origin.hostname;
  const kept = headers.filter(
    ([name]) =>
      (keepsMethod || !name.startsWith('Content-')) &&
      name !== 'Referer' &&
      name !== 'Host' &&
      (isSameHost ||
        (name !== 'Authorization' && name !== 'Cookie' && name !== 'Www-Authenticate')),
  );
  const isDowngrade = target.origin.secure && !next.origin.secure;
  if (!isDowngrade) kept.push(['Referer', target.href]);
  return {
    method: keepsMethod ? method : 'GET',
    target: next,
    body: keepsMethod ? body : { bytes: undefined, text: '', contentType: undefined },
    headers: kept,
  };
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export function sentRequest({ method, target, body, headers, cookies }: Hop): SentRequest {
  const shown: Record<string, string[]> = {};
  for (const [name, value] of headers) shown[name] = [...(shown[name] ?? []), value];
  const sent: Record<string, { name: string; value: string; replace: boolean }[]> = {};
  for (const [name, value] of cookies)
    sent[name] = [...(sent[name] ?? []), { name, value, replace: false }];
  if (cookies.length > 0)
    shown.Cookie = [cookies.map(([name, value]) => `${name}=${value}`).join('; ')];
  return { method, url: target.href, headers: shown, body: body.text, cookies: sent };
}
