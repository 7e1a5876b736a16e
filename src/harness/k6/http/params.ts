/** The last argument of a request, checked. */

import { parseDurationUs } from '../../options/duration.js';
import type { Tags } from '../../ports/metrics.js';
import { textTags } from '../../vu/script-values.js';
import { CookieJar } from './cookie-jar.js';
import { type ExpectedStatuses, responseCallback } from './expected-statuses.js';
import { checkHeader } from './headers.js';
import type { ResponseType } from './response.js';

export interface RequestParams {
  readonly auth: 'basic' | 'digest';
  /** Codings, applied in order. */
  readonly compression: string;
  readonly cookies: readonly {
    readonly name: string;
    readonly value: string;
    readonly replace: boolean;
  }[];
  /** Names as the script wrote them. */
  readonly headers: readonly (readonly [string, string])[];
  readonly jar: CookieJar | undefined;
  readonly redirects: number | undefined;
  readonly responseType: ResponseType;
  readonly tags: Tags | undefined;
  readonly timeoutMs: number;
  /** Undefined: nothing is expected, nothing counts as failed. */
  readonly expected: ExpectedStatuses | undefined;
  readonly throws: boolean;
}

export interface ParamDefaults {
  readonly responseType: ResponseType;
  readonly expected: ExpectedStatuses | undefined;
  readonly throws: boolean;
}

const TIMEOUT_MS = 60_000;

/** Throws for what no request can be made with. */
export function requestParams(params: unknown, defaults: ParamDefaults): RequestParams {
  const { expected, responseType, throws } = defaults;
  if (params === undefined || params === null || typeof params !== 'object')
    return { ...NOTHING, responseType, expected, throws };
  const given: Readonly<Record<string, unknown>> = { ...params };
  return {
    auth: authOf(given.auth),
    compression: given.compression === undefined ? '' : String(given.compression),
    cookies: cookiesOf(given.cookies),
    headers: headersOf(given.headers),
    jar: jarOf(given.jar),
    redirects: given.redirects === undefined ? undefined : wholeOf('redirects', given.redirects),
    responseType:
      given.responseType === undefined ? responseType : responseTypeOf(given.responseType),
    tags: textTags(given.tags),
    timeoutMs: given.timeout === undefined ? TIMEOUT_MS : timeoutOf(given.timeout),
    expected:
      given.responseCallback === undefined ? expected : responseCallback(given.responseCallback),
    throws: given.throw === undefined ? throws : Boolean(given.throw),
  };
}

const NOTHING = {
  auth: 'basic',
  compression: '',
  cookies: [],
  headers: [],
  jar: undefined,
  redirects: undefined,
  tags: undefined,
  timeoutMs: TIMEOUT_MS,
} as const;

function authOf(auth: unknown): 'basic' | 'digest' {
  if (auth === undefined || auth === null || auth === '' || auth === 'basic') return 'basic';
  if (auth === 'digest') return 'digest';
  throw new Error(`auth ${JSON.stringify(auth)} is not supported; known are basic and digest`);
}

function cookiesOf(cookies: unknown): RequestParams['cookies'] {
  if (typeof cookies !== 'object' || cookies === null) return [];
  return Object.entries(cookies).map(([name, cookie]: [string, unknown]) => {
    if (typeof cookie !== 'object' || cookie === null)
      return { name, value: String(cookie), replace: false };
    const value = 'value' in cookie ? String(cookie.value) : '';
    return { name, value, replace: 'replace' in cookie && cookie.replace === true };
  });
}

function headersOf(headers: unknown): RequestParams['headers'] {
  if (typeof headers !== 'object' || headers === null) return [];
  return Object.entries(headers).map(([name, value]: [string, unknown]) => {
    const text = String(value);
    checkHeader(name, text);
    return [name, text] as const;
  });
}

function jarOf(jar: unknown): CookieJar | undefined {
  return jar instanceof CookieJar ? jar : undefined;
}

function wholeOf(field: string, value: unknown): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new Error(`${field} must be a whole number from 0, got ${String(value)}`);
}

function responseTypeOf(value: unknown): ResponseType {
  if (value === 'text' || value === 'binary' || value === 'none') return value;
  throw new Error(`responseType must be text, binary or none, got ${String(value)}`);
}

/** A number is milliseconds; a text is a duration, or a number of milliseconds too. */
function timeoutOf(value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value;
  const us = parseDurationUs(value);
  if (us !== undefined) return us / 1000;
  throw new Error(`timeout must be milliseconds or a duration like "30s", got ${String(value)}`);
}
