/** Of a drill without a payment target: whoever pays has no business here, and nothing has to be waited for. */
import type { Transport } from './transport.js';

export class NoTransport implements Transport {
  readonly connected = true;
  readonly empty = true;
  readonly frames = 0;
  readonly operations = 0;

  add(): never {
    throw new Error('an operation was submitted in a drill without a payment target');
  }

  send(): void {
    // Nothing ever waits.
  }

  renew(): void {
    // There is nothing of before.
  }

  close(): void {
    // Nothing is open.
  }
}
