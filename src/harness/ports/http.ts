/**
 * The way from a script's HTTP request to a server. One request is one message out and one answer in: redirects, cookies and
 * what a script reads of an answer are the script module's. Types only.
 */
import type { SampleContext, Tags } from './metrics.js';

/** Where a request goes. */
export interface HttpOrigin {
  readonly secure: boolean;
  /** As it stands in the URL, an IPv6 address without its brackets. */
  readonly hostname: string;
  readonly port: number;
}

export interface HttpCall {
  readonly origin: HttpOrigin;
  /** Request line and header lines, each with its CRLF, without the empty line. Latin-1. */
  readonly head: string;
  readonly body: Uint8Array | undefined;
  /** The answer has no body, whatever it says: HEAD. */
  readonly isHead: boolean;
  /** May be sent again by itself where the server closed an idle connection under it. */
  readonly isIdempotent: boolean;
  /** Of the answer's body; otherwise it is counted and thrown away. */
  readonly keepsBody: boolean;
  /** From now to the last byte of the answer; Infinity for none. */
  readonly timeoutMs: number;
}

/** Microseconds each, as k6 names them. */
export interface HttpTimings {
  readonly blockedUs: number;
  readonly connectingUs: number;
  readonly tlsUs: number;
  readonly sendingUs: number;
  readonly waitingUs: number;
  readonly receivingUs: number;
}

export interface TlsFacts {
  /** `TLSv1.3` */
  readonly version: string;
  readonly cipher: string;
}

/** What became of a call. `failure` undefined: there is a whole answer. */
export interface HttpAnswer {
  /** k6's error code, 1000 to 1699, and its words. */
  readonly failure: { readonly code: number; readonly message: string } | undefined;
  /** 0 where there is no answer. */
  readonly status: number;
  readonly reason: string;
  /** `HTTP/1.1` */
  readonly proto: string;
  /** Name, value, name, value, as they came. */
  readonly headers: readonly string[];
  /** As it came over the wire; empty where it was not to be kept. */
  readonly body: Buffer;
  readonly timings: HttpTimings;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly tls: TlsFacts | undefined;
}

/** Connections of one virtual user. */
export interface HttpClient {
  /** Never rejects: what went wrong is the answer's `failure`. */
  send(call: HttpCall): Promise<HttpAnswer>;
  /** Ends idle connections. */
  closeIdle(): void;
  /** Ends all connections; calls that are under way are never answered. */
  close(): void;
}

/** Options of a script that decide how its requests travel. Plain data. */
export interface HttpOptions {
  readonly userAgent: string;
  readonly maxRedirects: number;
  readonly insecureSkipTLSVerify: boolean;
  /** Node's names: `TLSv1.2`. */
  readonly tlsMin: string | undefined;
  readonly tlsMax: string | undefined;
  /** As Node's TLS takes them; undefined: any that it has. */
  readonly tlsCiphers: string | undefined;
  readonly tlsAuth: readonly TlsAuth[];
  readonly noConnectionReuse: boolean;
  readonly noVUConnectionReuse: boolean;
  readonly noCookiesReset: boolean;
  readonly discardResponseBodies: boolean;
  /** A request that fails throws in the script. */
  readonly throws: boolean;
  /** Requests of one http.batch() at a time: in all, and to one host. */
  readonly batch: number;
  readonly batchPerHost: number;
  /** Requests that all VUs of the test may begin in a second; 0: no bound. */
  readonly rps: number;
  /** From a host name, with or without port, `*` at its front allowed, to an address with or without port. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly blockHostnames: readonly string[];
  /** Addresses and networks (CIDR). */
  readonly blacklistIPs: readonly string[];
}

export interface TlsAuth {
  /** Undefined: for every host. */
  readonly domains: readonly string[] | undefined;
  readonly cert: string;
  readonly key: string;
  readonly password: string | undefined;
}

/** Makes the clients of one worker thread. */
export interface HttpPort {
  readonly options: HttpOptions;
  newClient(): HttpClient;
}

/** One request that has ended, as it is measured. */
export interface HttpSample {
  readonly timings: HttpTimings;
  /** Of the first of an iteration, by how much that began later than planned; else 0. Microseconds. */
  readonly lateUs: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Undefined: nobody said what is expected. */
  readonly isExpected: boolean | undefined;
  /** The request's own and k6's system tags; made when a threshold asks. */
  tags(): Tags;
}

export interface HttpSink {
  request(sample: HttpSample, context: SampleContext): void;
}
