/** Cookies of a VU: http.CookieJar over tough-cookie, which knows RFC 6265; and cookies as answers have them. */
import { Cookie, parseDate, CookieJar as Store } from 'tough-cookie';

/** `{ theme: ['dark'] }` */
export type CookieValues = Record<string, string[]>;

export interface ResponseCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly http_only: boolean;
  readonly secure: boolean;
  readonly max_age: number;
  /** Unix milliseconds; 0: of this session. */
  readonly expires: number;
}

export interface CookieOptions {
  readonly domain?: string;
  readonly path?: string;
  readonly expires?: string;
  readonly max_age?: number;
  readonly secure?: boolean;
  readonly http_only?: boolean;
}

export class CookieJar {
  readonly #store = new Store(undefined, { looseMode: true, rejectPublicSuffixes: false });

  cookiesForURL(url: unknown): CookieValues {
    const values: CookieValues = {};
    for (const { key, value } of this.#store.getCookiesSync(String(url))) {
      values[key] = [...(values[key] ?? []), value];
    }
    return values;
  }

  set(url: unknown, name: string, value: string, options: CookieOptions = {}): boolean {
    const { domain, path, expires, max_age: maxAge, secure, http_only: httpOnly } = options;
    const cookie = new Cookie({
      key: name,
      value: String(value),
      ...(domain === undefined ? {} : { domain: domain.replace(/^\./, '') }),
      ...(path === undefined ? {} : { path }),
      ...(expires === undefined ? {} : { expires: parseDate(expires) ?? null }),
      ...(maxAge === undefined ? {} : { maxAge }),
      secure: secure === true,
      httpOnly: httpOnly === true,
    });
    this.#store.setCookieSync(cookie, String(url), { ignoreError: true });
    return true;
  }

  clear(url: unknown): void {
    for (const { domain, path, key } of this.#store.getCookiesSync(String(url)))
      this.#remove(domain, path, key);
  }

  delete(url: unknown, name: string): void {
    for (const { domain, path, key } of this.#store.getCookiesSync(String(url)))
      if (key === name) this.#remove(domain, path, key);
  }

  /** A `Set-Cookie` line that came from `url`. */
  receive(url: string, line: string): void {
    this.#store.setCookieSync(line, url, { ignoreError: true, loose: true });
  }

  /** Pairs to be sent to `url`. */
  pairs(url: string): [string, string][] {
    return this.#store.getCookiesSync(url).map(({ key, value }) => [key, value]);
  }

  #remove(domain: string | null, path: string | null, key: string): void {
    this.#store.store.removeCookie(domain, path, key, () => undefined);
  }
}

/** Cookies that the lines set, by name. */
export function responseCookies(lines: readonly string[]): Record<string, ResponseCookie[]> {
  const cookies: Record<string, ResponseCookie[]> = {};
  for (const line of lines) {
    const cookie = Cookie.parse(line, { loose: true });
    if (cookie === undefined) continue;
    const { key, value, domain, path, httpOnly, secure, maxAge, expires } = cookie;
    cookies[key] = [
      ...(cookies[key] ?? []),
      {
        name: key,
        value,
        domain: domain ?? '',
        path: path ?? '',
        http_only: httpOnly,
        secure,
        max_age: typeof maxAge === 'number' ? maxAge : 0,
        expires: expires instanceof Date ? expires.getTime() : 0,
      },
    ];
  }
  return cookies;
}
