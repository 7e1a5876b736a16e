/**
 * Where the answer to one operation goes. Whoever submits an operation hands in a sink and a position; the
 * coordinator asks the sink for 96 bytes, fills them with one ack record, and says so. Nothing is allocated
 * per operation: a connection is one sink for all its one-way operations, a request frame one for its n.
 */

export interface AckSink {
  /** Valid from `place` until `placed`. */
  view: DataView;
  /** Offset in `view` at which the 96 bytes of the ack go. `position` is what was handed in. */
  place(position: number): number;
  /** The ack is complete. */
  placed(): void;
}
