/**
 * One link under any number of faults at once. It is closed while any of them has it closed. Toxics need no such
 * count: each has a name of its own, and the server keeps them apart, also on a link that is closed.
 */
import type { LinkHandle, SharedLink, ToxicSpec } from './fault.js';
import { InTurn } from './in-turn.js';

export function shareLink(handle: LinkHandle): SharedLink {
  return new HeldLink(handle);
}

class HeldLink implements SharedLink {
  readonly #handle: LinkHandle;
  readonly #holders = new Set<string>();
  readonly #steps = new InTurn();
  /** Undefined where the last step failed: it may have been taken. */
  #isOpen: boolean | undefined = true;

  constructor(handle: LinkHandle) {
    this.#handle = handle;
  }

  addToxic(toxic: ToxicSpec): Promise<void> {
    return this.#handle.addToxic(toxic);
  }

  removeToxic(name: string): Promise<void> {
    return this.#handle.removeToxic(name);
  }

  close(holder: string): Promise<void> {
    this.#holders.add(holder);
    return this.#steps.do(() => this.#follow());
  }

  open(holder: string): Promise<void> {
    this.#holders.delete(holder);
    return this.#steps.do(() => this.#follow());
  }

  async #follow(): Promise<void> {
    const wanted = this.#holders.size === 0;
    if (wanted === this.#isOpen) return;
    this.#isOpen = undefined;
    await this.#handle.setEnabled(wanted);
    this.#isOpen = wanted;
  }
}
