/**
 * Who may see the page, and who may act. A page elsewhere can make a browser ask 127.0.0.1 in three ways: by a name that it lets
 * point there (DNS rebinding: the `Host` is its own name), by a request across origins (the `Origin` is its own, and without the
 * token it is nobody's), or by a frame (the page's policy refuses). Pure.
 */
import { timingSafeEqual } from 'node:crypto';
import { isLoopback, parseAddress } from '../../wire/address.js';

export const TOKEN_HEADER = 'x-paydrill-token';

/** Whether a `Host` header is a loopback name with the port that is served. */
export function isOwnHost(host: string | undefined, port: number): boolean {
  const address = host === undefined ? undefined : parseAddress(host);
  return address !== undefined && isLoopback(address.host) && address.port === port;
}

/** Whether a request that acts comes from the page itself: its own origin, and the token that only the page was given. */
export function isOfPage(
  headers: { readonly host?: string; readonly origin?: string; readonly token?: string },
  token: string,
): boolean {
  return headers.origin === `http://${headers.host}` && isSame(headers.token, token);
}

function isSame(given: string | undefined, wanted: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Nothing but this server's own files; nothing inline; in no frame. */
const PAGE_POLICY = [
  "default-src 'none'",
  ...['script', 'style', 'connect', 'img'].map((kind) => `${kind}-src 'self'`),
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const SAFE_HEADERS = {
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;
