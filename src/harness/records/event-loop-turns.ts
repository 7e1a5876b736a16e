/**
 * What native code hands over (zstd.ts) is given back to the system in a turn of the event loop and at no other time: a loop that
 * unpacks a long run without one holds on to every byte that it unpacked. So whoever goes through records lets others have a turn now and
 * then.
 */
import { setImmediate as turn } from 'node:timers/promises';

/** Bytes between two turns: little to hold on to, and a turn's time is not seen. */
const TURN_BYTES = 2 ** 25;

export class EventLoopTurns {
  #bytes = 0;

  /** After so many bytes of records. */
  async after(bytes: number): Promise<void> {
    this.#bytes += bytes;
    if (this.#bytes < TURN_BYTES) return;
    this.#bytes = 0;
    await turn();
  }
}
