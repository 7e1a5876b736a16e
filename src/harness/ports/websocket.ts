/**
 * The way from a script's WebSocket to a server: one socket, from the upgrade to its end. Cookies, metrics and what a script sees
 * are the script module's. Types only.
 *
 *   open(call) -- onOpen --> onMessage, onPing, onPong ... -- onEnd
 *        '------------------- onEnd: it did not open
 */
import type { HttpOrigin } from './http.js';

export interface WebSocketCall {
  readonly origin: HttpOrigin;
  /** `ws://host/path` or `wss://...`, without user and fragment. */
  readonly url: string;
  /** Of the upgrade, beside those of the protocol itself. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Offers to compress messages (RFC 7692). */
  readonly compresses: boolean;
  /** From now until it is open. */
  readonly timeoutMs: number;
}

/** What the server said to the upgrade. */
export interface UpgradeAnswer {
  /** 101: it is open. */
  readonly status: number;
  /** Name, value, name, value, as they came. */
  readonly headers: readonly string[];
  /** Of an upgrade that was refused: the beginning of it. */
  readonly body: string;
}

export interface WebSocketEnd {
  /** Of the frame that closed it, as received: 1005 where it had none, 1006 where there was no frame. */
  readonly code: number;
  readonly reason: string;
  /** Why it did not open, or broke. */
  readonly failure: string | undefined;
  /** Where the server refused the upgrade. */
  readonly answer: UpgradeAnswer | undefined;
}

/** Who is told of one socket; never from inside a call of it. */
export interface WebSocketListener {
  onOpen(answer: UpgradeAnswer): void;
  onMessage(data: string | ArrayBuffer): void;
  onPing(): void;
  onPong(payload: string): void;
  /** Once; nothing comes after it. */
  onEnd(end: WebSocketEnd): void;
}

export interface WebSocketConnection {
  /** Bytes that were to be sent and are not in the system's hands yet. */
  readonly bufferedAmount: number;
  /** On the wire, since the beginning. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  send(data: string | Uint8Array): void;
  ping(payload: string): void;
  /** Begins the closing handshake, or gives up the upgrade; the end is told. Throws where the code is none that a client may send. */
  close(code: number, reason: string): void;
  /** Ends it on the spot; its listener is told nothing more. */
  terminate(): void;
  /** While it is paused nothing is told but what has been read already. */
  pause(): void;
  resume(): void;
}

/** Makes the sockets of one worker thread. */
export interface WebSocketPort {
  open(call: WebSocketCall, listener: WebSocketListener): WebSocketConnection;
}
