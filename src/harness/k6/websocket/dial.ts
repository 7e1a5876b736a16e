/** From the address and the params of a script to the upgrade that is asked for, with the cookies of the VU. */
import type { Tags } from '../../ports/metrics.js';
import type { WebSocketCall } from '../../ports/websocket.js';
import { textTags } from '../../vu/script-values.js';
import type { Vu } from '../../vu/virtual-user.js';
import { CookieJar } from '../http/cookie-jar.js';
import { canonicalName, checkHeader } from '../http/headers.js';
import { parseTargetUrl } from '../http/target-url.js';
import { cookiesOf } from '../http/vu-cookies.js';

/** k6's. */
const TIMEOUT_MS = 60_000;

export interface Dial {
  readonly call: WebSocketCall;
  /** The script's own. */
  readonly tags: Tags | undefined;
  /** Cookies come from it and go to it. */
  readonly jar: CookieJar;
  /** What cookies are looked up by. */
  readonly cookieUrl: string;
}

/** Undefined where it is no address of ws or wss. Throws for params that are none, and in init code. */
export function dialOf(
  vu: Vu,
  url: string,
  { params, protocols }: { readonly params: unknown; readonly protocols: readonly string[] },
): Dial | undefined {
  if (vu.initialising) throw new Error('using websockets in the init context is not supported');
  const target = /^wss?:/i.test(url) ? parseTargetUrl(url.replace(/^ws/i, 'http')) : undefined;
  if (target === undefined) return undefined;
  const { headers, compression, tags, jar }: Readonly<Record<string, unknown>> = Object(params);
  const ownJar = jar instanceof CookieJar ? jar : cookiesOf(vu).jar;
  const { origin, href, host, path, username, password } = target;
  const given = new Map([['User-Agent', vu.thread.host.http.options.userAgent]]);
  if (username !== '') given.set('Authorization', `Basic ${btoa(`${username}:${password}`)}`);
  if (protocols.length > 0) given.set('Sec-Websocket-Protocol', protocols.join(', '));
  for (const [name, value] of headersOf(headers)) given.set(name, value);
  const cookies = [
    ...(given.get('Cookie') ?? '').split('; ').filter((pair) => pair !== ''),
    ...ownJar.pairs(href).map(([name, value]) => `${name}=${value}`),
  ];
  if (cookies.length > 0) given.set('Cookie', cookies.join('; '));
  return {
    call: {
      origin,
      url: `${origin.secure ? 'wss' : 'ws'}://${host}${path}`,
      headers: [...given],
      compresses: isCompressed(compression),
      timeoutMs: TIMEOUT_MS,
    },
    tags: textTags(tags),
    jar: ownJar,
    cookieUrl: href,
  };
}

/** Those of the protocol are its own. */
const RESERVED: ReadonlySet<string> = new Set([
  'Upgrade',
  'Connection',
  'Sec-Websocket-Key',
  'Sec-Websocket-Version',
  'Sec-Websocket-Extensions',
]);

function headersOf(headers: unknown): (readonly [string, string])[] {
  if (typeof headers !== 'object' || headers === null) return [];
  return Object.entries(headers)
    .map(([name, value]: [string, unknown]): [string, string] => [
      canonicalName(name),
      String(value),
    ])
    .filter(([name, value]) => {
      checkHeader(name, value);
      return !RESERVED.has(name);
    });
}

function isCompressed(compression: unknown): boolean {
  if (compression === undefined || compression === null || compression === '') return false;
  if (compression === 'deflate') return true;
  throw new Error(
    `unsupported compression algorithm '${String(compression)}', supported algorithm is 'deflate'`,
  );
}
