/**
 * Who may see the page, and who may act: whoever was given the token, which stands in the address that is printed. Without it, whoever is
 * logged in on this machine could reach the port. A page elsewhere can make a browser ask 127.0.0.1 in three ways: by a name that it
 * lets point there (DNS rebinding: the `Host` is its own name), by a request across origins (the `Origin` is its own, and it has no
 * token), or by a frame (the page's policy refuses). No cookie: a browser would hand it to every other port of this machine. Pure.
 */
import { timingSafeEqual } from 'node:crypto';
import { isLoopback, parseAddress } from '../../wire/address.js';

export const TOKEN_HEADER = 'x-paydrill-token';

/** Whether a `Host` header is a loopback name with the port that is served. */
export function isOwnHost(host: string | undefined, port: number): boolean {
  const address = host === undefined ? undefined : parseAddress(host);
  return address !== undefined && isLoopback(address.host) && address.port === port;
}

/** Whether a query string, without its `?`, has the token. */
export function hasToken(query: string, token: string): boolean {
  return isSame(new URLSearchParams(query).get('token') ?? undefined, token);
}

/** Whether a request that acts comes from the page itself: its own origin, and the token. */
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
