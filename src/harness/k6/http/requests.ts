/**
 * The requests of one virtual user: what a script asks becomes calls on the wire and in the end one response.
 *
 *   url, body, params -> call -> answer --3xx--> the next call, with its own sample ...
 *                          ^        |--401, digest--> once more, with the answer to the challenge
 *                          |        '--> response
 *                       cookies of the VU's jar, forgotten when an iteration ends
 *
 * Every call that was made is measured, also one that failed; a failure is a response with status 0, and is told once.
 */
import type { HttpAnswer, HttpCall, HttpClient, HttpOptions } from '../../ports/http.js';
import type { Tags } from '../../ports/metrics.js';
import { neverReturns } from '../../vu/interrupted-error.js';
import type { Vu } from '../../vu/virtual-user.js';
import { carried, isAsked } from '../system-tags.js';
import { type RequestBody, requestBody } from './body.js';
import { decoded, encoded } from './content-coding.js';
import { digestAuthorization } from './digest-auth.js';
import { DEFAULT_EXPECTED, type ExpectedStatuses } from './expected-statuses.js';
import { canonicalName, headerOf, headersOf } from './headers.js';
import { type Hop, headText, redirected, sentRequest } from './hop.js';
import type { PageRequest } from './page-requests.js';
import { type RequestParams, requestParams } from './params.js';
import { Response } from './response.js';
import { HttpUrl, parseTargetUrl, type TargetUrl } from './target-url.js';
import { type DrawToken, tokenFrom } from './token.js';
import { tellFailure } from './told-failures.js';
import { cookiesOf, type VuCookies } from './vu-cookies.js';

/** k6's code for a URL that is none, and for a body that is not of the coding it came with. */
const INVALID_URL = 1020;
const BAD_CODING = 1701;
/** Added to a status of 400 and above. */
const STATUS_CODES = 1000;

export class Requests {
  /** What answers are expected, unless a request says so itself. */
  expected: ExpectedStatuses | undefined = DEFAULT_EXPECTED;
  readonly #vu: Vu;
  readonly #token: DrawToken;
  readonly #cookies: VuCookies;
  #client: HttpClient | undefined = undefined;
  #iteration = -1;
  /** The one whose first request has been sent. */
  #begunIteration = -1;
  readonly #followPage = (asked: PageRequest): Promise<Response> =>
    this.sendInTurn(asked.method, asked.url, asked.fields, asked.params);

  constructor(vu: Vu) {
    this.#vu = vu;
    this.#token = tokenFrom(vu.random);
    this.#cookies = cookiesOf(vu);
    vu.thread.timesStarts = true;
  }

  get options(): HttpOptions {
    return this.#vu.thread.host.http.options;
  }

  /** As a call that the VU waits for. */
  sendInTurn(method: string, url: unknown, body: unknown, params: unknown): Promise<Response> {
    const vu = this.#vu;
    return vu.thread.takesTurns
      ? vu.background.block(() => this.send(method, url, body, params))
      : this.send(method, url, body, params);
  }

  /** Rejects for what no request can be made of; for one that fails, where the script wants that. */
  async send(method: string, url: unknown, body: unknown, params: unknown): Promise<Response> {
    const vu = this.#vu;
    if (vu.initialising)
      throw new Error('making http requests in the init context is not supported');
    if (vu.interrupted) return neverReturns();
    this.#enterIteration();
    const { options } = this;
    const asked = requestParams(params, {
      expected: this.expected,
      responseType: options.discardResponseBodies ? 'none' : 'text',
      throws: options.throws,
    });
    const href = url instanceof HttpUrl ? url.url : String(url);
    const target = parseTargetUrl(href);
    if (target === undefined) return this.#invalidUrl(href, asked);
    const name = asked.tags?.name ?? (url instanceof HttpUrl ? url.name : target.href);
    const content = compressed(
      requestBody(body, {
        warn: (line) => vu.thread.host.log('warn', line),
        token: this.#token,
      }),
      asked.compression,
    );
    const first = { method: method.toUpperCase(), target, body: content };
    const hop = { ...first, ...this.#head(first, asked) };
    return this.#follow(hop, asked, { name, lateUs: this.#lateUs() });
  }

  /** What the iteration's first request waited for the iteration to begin. */
  #lateUs(): number {
    const { iterationOfVu, lateUs } = this.#vu;
    if (iterationOfVu === this.#begunIteration) return 0;
    this.#begunIteration = iterationOfVu;
    return lateUs;
  }

  async #follow(
    first: Hop,
    params: RequestParams,
    { name, lateUs }: { readonly name: string; readonly lateUs: number },
  ): Promise<Response> {
    const most = params.redirects ?? this.options.maxRedirects;
    let hop = first;
    let mayAnswerChallenge = params.auth === 'digest';
    for (let redirects = 0; ; ) {
      const answer = await this.#call(hop, params);
      if (this.#vu.interrupted) return neverReturns();
      const challenged = mayAnswerChallenge ? this.#answerChallenge(hop, answer) : undefined;
      const next = challenged === undefined ? redirected(hop, answer) : undefined;
      const isLast = challenged === undefined && (next === undefined || redirects >= most);
      const response = this.#ended(hop, answer, params, {
        name,
        isLast,
        lateUs: hop === first ? lateUs : 0,
      });
      if (challenged !== undefined) {
        mayAnswerChallenge = false;
        hop = challenged;
        continue;
      }
      if (next === undefined) return response;
      if (redirects++ >= most) {
        if (params.redirects === undefined)
          tellFailure(
            this.#vu.thread,
            `Stopped after ${most} redirects and returned the redirection; pass { redirects: n } in request params or set global maxRedirects to silence this`,
          );
        return response;
      }
      hop = { ...next, ...this.#cookiesFor(next.target, params) };
    }
  }

  #call(hop: Hop, params: RequestParams): Promise<HttpAnswer> {
    const { method, target, body } = hop;
    const call: HttpCall = {
      origin: target.origin,
      head: headText(hop),
      body: body.bytes,
      isHead: method === 'HEAD',
      isIdempotent: IDEMPOTENT.has(method),
      keepsBody: params.responseType !== 'none',
      timeoutMs: params.timeoutMs,
    };
    this.#client ??= this.#newClient();
    return this.#client.send(call);
  }

  #newClient(): HttpClient {
    const client = this.#vu.thread.host.http.newClient();
    this.#vu.background.keep(() => {
      client.close();
      this.#client = undefined;
    });
    return client;
  }

  /** Takes the cookies, measures, tells a failure; the response of this call. */
  #ended(
    hop: Hop,
    answer: HttpAnswer,
    params: RequestParams,
    {
      name,
      isLast,
      lateUs,
    }: { readonly name: string; readonly isLast: boolean; readonly lateUs: number },
  ): Response {
    const { href } = hop.target;
    for (const line of headersOf(answer.headers, 'set-cookie'))
      (params.jar ?? this.#cookies.jar).receive(href, line);
    const { bytes, failure } = readBody(answer);
    const code = failure?.code ?? (answer.status >= 400 ? STATUS_CODES + answer.status : 0);
    const isExpected = params.expected?.includes(answer.status);
    this.#vu.thread.host.requests.request(
      {
        timings: answer.timings,
        lateUs,
        bytesSent: answer.bytesSent,
        bytesReceived: answer.bytesReceived,
        isExpected,
        tags: () =>
          tagsOf(this.#vu, answer, {
            hop,
            params,
            name,
            code,
            failure: failure?.message,
            isExpected,
          }),
      },
      this.#vu,
    );
    if (failure !== undefined && isLast) this.#failed(hop, failure.message, params);
    return new Response({
      answer,
      bytes,
      url: href,
      responseType: params.responseType,
      error: failure?.message ?? '',
      errorCode: code,
      request: () => sentRequest(hop),
      follow: this.#followPage,
    });
  }

  #failed({ method, target }: Hop, message: string, { throws }: RequestParams): void {
    const words = `${capitalised(method)} "${target.href}": ${message}`;
    if (throws) throw new Error(words);
    tellFailure(this.#vu.thread, `Request Failed: ${words}`);
  }

  #invalidUrl(href: string, params: RequestParams): Response {
    const message = `invalid URL: ${JSON.stringify(href)} is no address of http or https`;
    if (params.throws) throw new Error(message);
    tellFailure(this.#vu.thread, `Request Failed: ${message}`);
    return new Response({
      answer: NO_ANSWER,
      bytes: NO_ANSWER.body,
      url: href,
      responseType: params.responseType,
      error: message,
      errorCode: INVALID_URL,
      request: () => ({ method: '', url: href, headers: {}, body: '', cookies: {} }),
      follow: this.#followPage,
    });
  }

  #answerChallenge(hop: Hop, answer: HttpAnswer): Hop | undefined {
    const challenge = headerOf(answer.headers, 'www-authenticate');
    if (answer.status !== 401 || challenge === undefined) return undefined;
    const { path, ...credentials } = hop.target;
    const value = digestAuthorization(challenge, credentials, {
      method: hop.method,
      path,
      cnonce: this.#token(),
    });
    if (value === undefined) return undefined;
    return {
      ...hop,
      headers: [...withoutHeader(hop.headers, 'authorization'), ['Authorization', value]],
    };
  }

  #head(
    { target, body }: Pick<Hop, 'target' | 'body'>,
    params: RequestParams,
  ): Pick<Hop, 'headers' | 'cookies'> {
    const headers = params.headers.map(([name, value]): [string, string] => [
      canonicalName(name),
      value,
    ]);
    const has = (name: string): boolean => headers.some(([one]) => one === name);
    if (body.contentType !== undefined && !has('Content-Type'))
      headers.push(['Content-Type', body.contentType]);
    if (params.compression !== '' && body.bytes !== undefined && !has('Content-Encoding'))
      headers.push(['Content-Encoding', params.compression]);
    const isBasic = target.username !== '' && params.auth === 'basic';
    if (isBasic && !has('Authorization')) {
      const pair = Buffer.from(`${target.username}:${target.password}`).toString('base64');
      headers.push(['Authorization', `Basic ${pair}`]);
    }
    if (!has('User-Agent')) headers.push(['User-Agent', this.options.userAgent]);
    if (this.options.noConnectionReuse) headers.push(['Connection', 'close']);
    return { headers, ...this.#cookiesFor(target, params) };
  }

  /** The jar's, and the request's own; one that replaces takes the place of those of its name. */
  #cookiesFor(target: TargetUrl, { cookies, jar }: RequestParams): Pick<Hop, 'cookies'> {
    const store = jar ?? this.#cookies.known;
    const replaced = new Set(cookies.filter(({ replace }) => replace).map(({ name }) => name));
    const kept = (store?.pairs(target.href) ?? []).filter(([name]) => !replaced.has(name));
    return { cookies: [...kept, ...cookies.map(({ name, value }) => [name, value] as const)] };
  }

  #enterIteration(): void {
    if (!this.options.noVUConnectionReuse) return;
    const { iterationOfVu } = this.#vu;
    if (iterationOfVu !== this.#iteration) this.#client?.closeIdle();
    this.#iteration = iterationOfVu;
  }
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
function withoutHeader(
  headers: readonly [string, string][],
  lowerName: string,
): [string, string][] {
  return headers.filter(([name]) => name.toLowerCase() !== lowerName);
}

function compressed(body: RequestBody, compression: string): RequestBody {
  if (compression === '' || body.bytes === undefined) return body;
  return { ...body, bytes: encoded(body.bytes, compression) };
}

function readBody(answer: HttpAnswer): {
  readonly bytes: Buffer;
  readonly failure: HttpAnswer['failure'];
} {
  const coding = headerOf(answer.headers, 'content-encoding');
  if (coding === undefined || answer.body.length === 0)
    return { bytes: answer.body, failure: answer.failure };
  try {
    return { bytes: decoded(answer.body, coding), failure: answer.failure };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const failure = { code: BAD_CODING, message: `error decompressing response body (${reason})` };
    return { bytes: Buffer.alloc(0), failure };
  }
}

function tagsOf(
  vu: Vu,
  answer: HttpAnswer,
  facts: {
    readonly hop: Hop;
    readonly params: RequestParams;
    readonly name: string;
    readonly code: number;
    readonly failure: string | undefined;
    readonly isExpected: boolean | undefined;
  },
): Tags {
  const { hop, params, name, code, failure, isExpected } = facts;
  const { tls } = answer;
  const made = {
    method: hop.method,
    status: String(answer.status),
    url: params.tags?.url ?? name,
    name,
    ...(answer.proto === '' ? {} : { proto: answer.proto }),
    ...(failure === undefined ? {} : { error: failure }),
    ...(code === 0 ? {} : { error_code: String(code) }),
    ...(tls === undefined
      ? {}
      : { tls_version: tls.version.replace(/^TLSv1$/, 'TLSv1.0').replace('TLSv', 'tls') }),
    ...(isExpected === undefined ? {} : { expected_response: String(isExpected) }),
    ...(isAsked(vu, 'ip') ? { ip: answer.remoteIp } : {}),
  };
  return { ...params.tags, ...carried(vu, made) };
}

function capitalised(method: string): string {
  return method.slice(0, 1) + method.slice(1).toLowerCase();
}

const NO_ANSWER: HttpAnswer = {
  failure: undefined,
  status: 0,
  reason: '',
  proto: '',
  headers: [],
  body: Buffer.alloc(0),
  timings: { blockedUs: 0, connectingUs: 0, tlsUs: 0, sendingUs: 0, waitingUs: 0, receivingUs: 0 },
  bytesSent: 0,
  bytesReceived: 0,
  remoteIp: '',
  remotePort: 0,
  tls: undefined,
};
