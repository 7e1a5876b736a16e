/**
 * What a script gets back from a request, with k6's field names. What costs something is made when it is read: headers, cookies,
 * the body as text.
 */
import type { HttpAnswer, HttpTimings } from '../../ports/http.js';
import { parseHTML, type Selection } from '../html/selection.js';
import { type ResponseCookie, responseCookies } from './cookie-jar.js';
import { headersOf, joinedHeaders } from './headers.js';
import { jsonPath } from './json-path.js';
import { formRequest, linkRequest, type PageRequest } from './page-requests.js';

export type ResponseType = 'text' | 'binary' | 'none';

export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string[]>>;
  readonly body: string;
  readonly cookies: Readonly<Record<string, { name: string; value: string; replace: boolean }[]>>;
}

/** Milliseconds. */
export interface ResponseTimings {
  readonly blocked: number;
  readonly looking_up: number;
  readonly connecting: number;
  readonly tls_handshaking: number;
  readonly sending: number;
  readonly waiting: number;
  readonly receiving: number;
  readonly duration: number;
}

export interface ResponseParts {
  readonly answer: HttpAnswer;
  /** Decoded. */
  readonly bytes: Buffer;
  readonly url: string;
  readonly responseType: ResponseType;
  readonly error: string;
  readonly errorCode: number;
  readonly request: () => SentRequest;
  /** Of the same VU. */
  readonly follow: (request: PageRequest) => Promise<Response>;
}

export class Response {
  status: number;
  url: string;
  proto: string;
  remote_ip: string;
  remote_port: number;
  error: string;
  error_code: number;
  tls_version: string;
  tls_cipher_suite: string;
  readonly #parts: ResponseParts;
  #body: string | ArrayBuffer | null | undefined = undefined;
  #headers: Record<string, string> | undefined = undefined;
  #cookies: Record<string, ResponseCookie[]> | undefined = undefined;
  #request: SentRequest | undefined = undefined;
  #json: { readonly value: unknown } | undefined = undefined;

  constructor(parts: ResponseParts) {
    const { answer, error, errorCode, url } = parts;
    this.#parts = parts;
    this.status = answer.status;
    this.url = url;
    this.proto = answer.proto;
    this.remote_ip = answer.remoteIp;
    this.remote_port = answer.remotePort;
    this.error = error;
    this.error_code = errorCode;
    this.tls_version = TLS_NAMES[answer.tls?.version ?? ''] ?? '';
    this.tls_cipher_suite = answer.tls?.cipher ?? '';
  }

  /** `200 OK` */
  get status_text(): string {
    const { status, reason } = this.#parts.answer;
    return status === 0 ? '' : reason === '' ? String(status) : `${status} ${reason}`;
  }

  get headers(): Record<string, string> {
    this.#headers ??= joinedHeaders(this.#parts.answer.headers);
    return this.#headers;
  }

  get cookies(): Record<string, ResponseCookie[]> {
    this.#cookies ??= responseCookies(headersOf(this.#parts.answer.headers, 'set-cookie'));
    return this.#cookies;
  }

  get body(): string | ArrayBuffer | null {
    if (this.#body === undefined) this.#body = this.#readBody();
    return this.#body;
  }

  set body(body: string | ArrayBuffer | null) {
    this.#body = body;
    this.#json = undefined;
  }

  get request(): SentRequest {
    this.#request ??= this.#parts.request();
    return this.#request;
  }

  get timings(): ResponseTimings {
    return timingsMs(this.#parts.answer.timings);
  }

  get ocsp(): object {
    return {
      produced_at: 0,
      this_update: 0,
      next_update: 0,
      revoked_at: 0,
      revocation_reason: '',
      status: '',
    };
  }

  /** Without a selector: throws where the body is no JSON. With one: undefined where it leads nowhere. */
  json(selector?: string): unknown {
    const { body } = this;
    if (body === null)
      throw new Error(
        "the body is null so we can't transform it to JSON - this likely was because of a request error getting the response",
      );
    if (selector === undefined) return this.#parsed(body);
    try {
      return jsonPath(this.#parsed(body), selector);
    } catch {
      return undefined;
    }
  }

  /** The document; with a selector, what of it is selected. */
  html(selector?: string): Selection {
    const { body } = this;
    const text =
      typeof body === 'string' ? body : Buffer.from(body ?? new ArrayBuffer(0)).toString('utf8');
    const document = parseHTML(text);
    return selector === undefined ? document : document.find(selector);
  }

  /** Asks for what a link of the page leads to; by default the first. */
  clickLink(args?: unknown): Promise<Response> {
    return this.#parts.follow(linkRequest(this.html(), this.url, args));
  }

  /** Sends a form of the page; by default the first, as it was served. */
  submitForm(args?: unknown): Promise<Response> {
    return this.#parts.follow(formRequest(this.html(), this.url, args));
  }

  toJSON(): object {
    const { body, cookies, headers, ocsp, request, status_text: text, timings } = this;
    return { ...this, status_text: text, body, cookies, headers, request, timings, ocsp };
  }

  #parsed(body: string | ArrayBuffer): unknown {
    if (this.#json === undefined) {
      const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
      try {
        this.#json = { value: JSON.parse(text) };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`cannot parse json due to an error: ${reason}`, { cause: error });
      }
    }
    return this.#json.value;
  }

  #readBody(): string | ArrayBuffer | null {
    const { answer, bytes, responseType } = this.#parts;
    if (answer.status === 0 || responseType === 'none') return null;
    return responseType === 'binary' ? new Uint8Array(bytes).buffer : bytes.toString('utf8');
  }
}

/** As k6's constants name them. */
const TLS_NAMES: Readonly<Record<string, string>> = {
  SSLv3: 'ssl3.0',
  TLSv1: 'tls1.0',
  'TLSv1.1': 'tls1.1',
  'TLSv1.2': 'tls1.2',
  'TLSv1.3': 'tls1.3',
};

function timingsMs(timings: HttpTimings): ResponseTimings {
  const { blockedUs, connectingUs, receivingUs, sendingUs, tlsUs, waitingUs } = timings;
  return {
    blocked: blockedUs / 1000,
    looking_up: 0,
    connecting: connectingUs / 1000,
    tls_handshaking: tlsUs / 1000,
    sending: sendingUs / 1000,
    waiting: waitingUs / 1000,
    receiving: receivingUs / 1000,
    duration: (sendingUs + waitingUs + receivingUs) / 1000,
  };
}
