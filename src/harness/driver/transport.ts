/**
 * What stands between the driver and the target: operation records go in, ack records come back. The driver knows ids,
 * attempts and outcomes; a transport knows bytes and connections, one kind a file (bolt-transport, http-transport).
 * Whatever it learns about an attempt it says as an ack record, with a code of wire/results.ts: how far that is
 * definite is in that table and the driver's to judge. It sends each record once and never repeats one by itself.
 */

export interface TransportEvents {
  /** Ack records, 1..n, valid during the call. */
  onAcks(content: Uint8Array): void;
  /** Whatever was sent and not answered is unknown. */
  onLost(): void;
}

export interface Transport {
  /** Whether an operation that is submitted now has a way to the target. */
  readonly connected: boolean;
  /** Nothing waits for `send`. */
  readonly empty: boolean;
  /** Messages written and the operations in them, for the mean operations a frame. */
  readonly frames: number;
  readonly operations: number;
  /** Takes the operation record that starts at word `at` of `words`; it leaves with the next `send`. */
  add(words: Uint32Array, at: number): void;
  send(): void;
  /** Breaks what is there, so that no answer of before arrives any more, and connects anew. */
  renew(): void;
  close(): void;
}

/** Begins to connect at once. */
export type OpenTransport = (events: TransportEvents) => Transport;

export interface TransportOptions {
  /** Of each attempt. */
  readonly deadlineMs: number;
  readonly operationsPerFrameMax: number;
  /** Microseconds on the drill clock. */
  readonly nowUs: () => number;
  /** Floats in [0, 1), for jitter. */
  readonly random: () => number;
}
