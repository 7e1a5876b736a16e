/**
 * URLs as scripts give them: text, or what the template tag `http.url` makes, whose name leaves out what was filled in, so that
 * one address with many ids is one line in the summary.
 */
import type { HttpOrigin } from '../../ports/http.js';

/** What `http.url` gives. */
export class HttpUrl {
  readonly url: string;
  readonly name: string;

  constructor(url: string, name: string) {
    this.url = url;
    this.name = name;
  }

  toString(): string {
    return this.url;
  }
}

/** In a name, in place of what was filled in. */
const FILLED_IN = '$' + '{}';

/** `http.url`: the tag of a template. */
export function urlTemplate(texts: TemplateStringsArray, ...values: unknown[]): HttpUrl {
  const [first = '', ...rest] = texts;
  const url = rest.reduce((text, part, i) => text + String(values[i]) + part, first);
  return new HttpUrl(url, texts.join(FILLED_IN));
}

/** Where a request goes, as it is put on the wire. */
export interface TargetUrl {
  /** Without user and password. */
  readonly href: string;
  readonly origin: HttpOrigin;
  /** Value of the Host header. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  readonly username: string;
  readonly password: string;
}

/** Each of the last few addresses is parsed once: scripts ask for the same ones again and again. */
const KEPT = 512;
const kept = new Map<string, TargetUrl>();

/** Undefined where it is no address of http or https. */
export function parseTargetUrl(text: string): TargetUrl | undefined {
  const known = kept.get(text);
  if (known !== undefined) return known;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const secure = url.protocol === 'https:';
  if (!secure && url.protocol !== 'http:') return undefined;
  const target: TargetUrl = {
    href: hrefOf(url),
    origin: {
      secure,
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    },
    host: url.host,
    path: url.pathname + url.search,
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  if (kept.size >= KEPT) kept.clear();
  kept.set(text, target);
  return target;
}

function hrefOf(url: URL): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}
