/** What a connection is to those who send requests over it, be it HTTP/1.1 (one at a time) or HTTP/2 (many). Types only. */
import type { HttpCall, TlsFacts } from '../ports/http.js';
import type { Failure } from './failures.js';

/** One request that is under way. Times on the drill clock; -1: not yet. */
export interface Exchange {
  readonly call: HttpCall;
  readonly startedUs: number;
  connectingUs: number;
  tlsUs: number;
  gotConnectionUs: number;
  sentUs: number;
  firstByteUs: number;
  bytesSent: number;
  bytesReceived: number;
  /** It travelled on a connection that had carried others. */
  isReused: boolean;
}

export interface ReadAnswer {
  readonly status: number;
  readonly reason: string;
  /** `HTTP/1.1` */
  readonly proto: string;
  /** Name, value, name, value. */
  readonly headers: readonly string[];
  /** Something of it has come. */
  readonly hasBegun: boolean;
  /** Of a whole answer. */
  body(): Buffer;
}

export interface Carrier {
  /** Where it may be used again. */
  readonly key: string;
  /** It can carry another. */
  readonly isOpen: boolean;
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly tls: TlsFacts | undefined;
  /** On a connection that has carried others. */
  carry(exchange: Exchange): void;
  /** The exchange has failed, for a reason that is not the connection's: its time is over, say. */
  giveUp(exchange: Exchange, failure: Failure): void;
  /** Whatever it carries is told nothing. */
  close(): void;
}

export interface CarrierEvents<C extends Carrier> {
  /** `failure` undefined: the answer is whole. The connection has taken itself off the exchange. */
  onEnded(carrier: C, exchange: Exchange, answer: ReadAnswer, failure: Failure | undefined): void;
  /** It takes no more, and carried nothing or tells what it carried by `onEnded`. */
  onClosed(carrier: C): void;
}
