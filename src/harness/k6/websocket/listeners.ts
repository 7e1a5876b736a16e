/** Who listens to the events of one WebSocket: for each event the one of its own (`onmessage`), then those that were added, in order. */

import { isFunction } from '../../vu/script-values.js';

const EVENTS = ['open', 'message', 'error', 'close', 'ping', 'pong'] as const;
export type EventName = (typeof EVENTS)[number];

export interface SocketEvent {
  readonly type: EventName;
  /** Unix milliseconds. */
  readonly timestamp: number;
}

export type Listener = (event: SocketEvent) => unknown;

export class Listeners {
  readonly #own = new Map<EventName, Listener>();
  readonly #added = new Map<EventName, Listener[]>();

  own(event: EventName): Listener | null {
    return this.#own.get(event) ?? null;
  }

  /** Null and undefined take it away. */
  setOwn(event: EventName, listener: unknown): void {
    if (listener === null || listener === undefined) this.#own.delete(event);
    else this.#own.set(event, checked(event, listener));
  }

  /** Throws for an event that there is not. */
  add(event: unknown, listener: unknown): void {
    const name = EVENTS.find((one) => one === event);
    if (name === undefined)
      throw new TypeError(`WebSocket has no event ${JSON.stringify(event)}: ${EVENTS.join(', ')}`);
    this.#added.set(name, [...(this.#added.get(name) ?? []), checked(name, listener)]);
  }

  has(event: EventName): boolean {
    return this.of(event).length > 0;
  }

  of(event: EventName): readonly Listener[] {
    const own = this.#own.get(event);
    const added = this.#added.get(event) ?? [];
    return own === undefined ? added : [own, ...added];
  }
}

function checked(event: EventName, listener: unknown): Listener {
  if (isFunction(listener)) return listener;
  throw new TypeError(`WebSocket: the listener of ${event} is no function`);
}
