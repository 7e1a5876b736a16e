/**
 * The module `k6/http`.
 */
import type { Vu } from '../vu/virtual-user.js';
import { type BatchEntry, batchEntry, inBatches } from './http/batch.js';
import { FileData } from './http/body.js';
import { CookieJar } from './http/cookie-jar.js';
import { ExpectedStatuses, responseCallback } from './http/expected-statuses.js';
import { Requests } from './http/requests.js';
import type { Response } from './http/response.js';
import { urlTemplate } from './http/target-url.js';
import { cookiesOf } from './http/vu-cookies.js';
import type { ModuleApi } from './module-api.js';

/** k6's names of TLS versions and of what OCSP says. */
const CONSTANTS = {
  SSL_3_0: 'ssl3.0',
  TLS_1_0: 'tls1.0',
  TLS_1_1: 'tls1.1',
  TLS_1_2: 'tls1.2',
  TLS_1_3: 'tls1.3',
  OCSP_STATUS_GOOD: 'good',
  OCSP_STATUS_REVOKED: 'revoked',
  OCSP_STATUS_SERVER_FAILED: 'server_failed',
  OCSP_STATUS_UNKNOWN: 'unknown',
  OCSP_REASON_UNSPECIFIED: 'unspecified',
  OCSP_REASON_KEY_COMPROMISE: 'key_compromise',
  OCSP_REASON_CA_COMPROMISE: 'ca_compromise',
  OCSP_REASON_AFFILIATION_CHANGED: 'affiliation_changed',
  OCSP_REASON_SUPERSEDED: 'superseded',
  OCSP_REASON_CESSATION_OF_OPERATION: 'cessation_of_operation',
  OCSP_REASON_CERTIFICATE_HOLD: 'certificate_hold',
  OCSP_REASON_REMOVE_FROM_CRL: 'remove_from_crl',
  OCSP_REASON_PRIVILEGE_WITHDRAWN: 'privilege_withdrawn',
  OCSP_REASON_AA_COMPROMISE: 'aa_compromise',
} as const;

export const httpApi: ModuleApi = {
  exports: {
    get: 'blocking',
    head: 'blocking',
    post: 'blocking',
    put: 'blocking',
    patch: 'blocking',
    del: 'blocking',
    options: 'blocking',
    request: 'blocking',
    batch: 'blocking',
    asyncRequest: 'plain',
    file: 'plain',
    url: 'plain',
    cookieJar: 'plain',
    CookieJar: 'plain',
    expectedStatuses: 'plain',
    setResponseCallback: 'plain',
    ...Object.fromEntries(Object.keys(CONSTANTS).map((name) => [name, 'plain' as const])),
  },
  methods: { clickLink: 'blocking', submitForm: 'blocking' },
  create: (vu) => Object.assign(new HttpModule(vu), CONSTANTS),
};

class HttpModule {
  readonly CookieJar = CookieJar;
  readonly url = urlTemplate;
  readonly #vu: Vu;
  readonly #requests: Requests;

  constructor(vu: Vu) {
    this.#vu = vu;
    this.#requests = new Requests(vu);
  }

  get default(): HttpModule {
    return this;
  }

  get(url: unknown, params?: unknown): Promise<Response> {
    return this.#requests.sendInTurn('GET', url, undefined, params);
  }

  head(url: unknown, params?: unknown): Promise<Response> {
    return this.#requests.sendInTurn('HEAD', url, undefined, params);
  }

  post(url: unknown, body?: unknown, params?: unknown): Promise<Response> {
    return this.#requests.sendInTurn('POST', url, body, params);
  }

  put(url: unknown, body?: unknown, params?: unknown): Promise<Response> {
    return this.#requests.sendInTurn('PUT', url, body, params);
  }

  patch(url: unknown, body?: unknown, params?: unknown): Promise<Response> {
    return this.#requests.sendInTurn('PATCH', url, body, params);
  }

  del(url: unknown, body?: unknown, params?: unknown): Promise<Response> {
    return this.#requests.sendInTurn('DELETE', url, body, params);
  }

  options(url: unknown, body?: unknown, params?: unknown): Promise<Response> {
    return this.#requests.sendInTurn('OPTIONS', url, body, params);
  }

  request(method: string, url: unknown, body?: unknown, params?: unknown): Promise<Response> {
    return this.#requests.sendInTurn(String(method), url, body, params);
  }

  /** The script goes on; the iteration lasts until there is an answer. */
  asyncRequest(method: string, url: unknown, body?: unknown, params?: unknown): Promise<Response> {
    const sent = this.#requests.send(String(method), url, body, params);
    return this.#vu.background.settledInTurn(sent);
  }

  /** A list or an object of requests; the responses in the same shape. */
  batch(requests: unknown): Promise<Response[] | Record<string, Response>> {
    const vu = this.#vu;
    return vu.thread.takesTurns
      ? vu.background.block(() => this.#batch(requests))
      : this.#batch(requests);
  }

  file(
    data: string | ArrayBuffer | ArrayBufferView,
    filename?: string,
    contentType = 'application/octet-stream',
  ): FileData {
    const { clock, startedUnixMs } = this.#vu.thread.host;
    const now = String(Math.round(startedUnixMs * 1e6 + clock.nowUs() * 1000));
    return new FileData(data, filename ?? now, contentType);
  }

  /** The VU's own, of this iteration. */
  cookieJar(): CookieJar {
    return cookiesOf(this.#vu).jar;
  }

  expectedStatuses(...statuses: unknown[]): ExpectedStatuses {
    return new ExpectedStatuses(statuses);
  }

  setResponseCallback(callback: unknown): void {
    this.#requests.expected = responseCallback(callback);
  }

  async #batch(requests: unknown): Promise<Response[] | Record<string, Response>> {
    if (typeof requests !== 'object' || requests === null)
      throw new Error(`invalid http.batch() argument type ${typeof requests}`);
    const entries = Object.entries(requests).map(
      ([key, given]) => [key, batchEntry(given, key)] as const,
    );
    const responses = await inBatches(
      entries.map(([, entry]) => entry),
      this.#requests.options,
      ([method, url, body, params]: BatchEntry) => this.#requests.send(method, url, body, params),
    );
    return Array.isArray(requests)
      ? responses
      : Object.fromEntries(entries.map(([key], i) => [key, responses[i]]));
  }
}
