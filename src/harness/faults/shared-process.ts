/**
 * One process under any number of faults at once. Each fault holds it, `down` or `still`, and lets it go; what the
 * process does follows from who holds it now, whatever the order:
 *
 *            nobody        somebody still        somebody down
 *            running  <-->  stopped         <-->  not there
 *
 * One step is taken at a time. Starting counts as running from the moment there is a process: it can be stopped or
 * killed before it is ready, and whoever let it go last waits for that. It does not start what ended by itself.
 */
import type { Hold, ProcessHandle, SharedProcess } from './fault.js';
import { InTurn } from './in-turn.js';

type State = 'running' | Hold;

export function shareProcess(handle: ProcessHandle): SharedProcess {
  return new HeldProcess(handle);
}

class HeldProcess implements SharedProcess {
  readonly #handle: ProcessHandle;
  readonly #holders = new Map<string, Hold>();
  readonly #steps = new InTurn();
  /** Since its last step. */
  #state: State = 'running';
  /** That the process started here last is ready. */
  #ready: Promise<void> = Promise.resolve();
  /** Wakes those that wait for a process which is no longer theirs to wait for. */
  readonly #waiting = new Set<() => void>();

  constructor(handle: ProcessHandle) {
    this.#handle = handle;
  }

  hold(holder: string, hold: Hold): Promise<void> {
    this.#holders.set(holder, hold);
    for (const wake of this.#waiting) wake();
    return this.#steps.do(() => this.#follow());
  }

  async release(holder: string): Promise<void> {
    this.#holders.delete(holder);
    await this.#steps.do(() => this.#follow());
    await this.#readyOrHeld();
  }

  async #follow(): Promise<void> {
    const holds = [...this.#holders.values()];
    const wanted = holds.includes('down') ? 'down' : (holds[0] ?? 'running');
    if (wanted === this.#state) return;
    if (wanted === 'down') {
      await this.#handle.kill();
    } else {
      if (this.#state === 'down') this.#start();
      if (wanted === 'still') await this.#handle.pause();
      else if (this.#state === 'still') await this.#handle.resume();
    }
    this.#state = wanted;
  }

  #start(): void {
    this.#state = 'running';
    this.#ready = this.#handle.restart();
    this.#ready.catch(() => undefined); // told to whoever waits for it
  }

  async #readyOrHeld(): Promise<void> {
    if (this.#holders.size > 0) return;
    let wake = (): void => {};
    const held = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#waiting.add(wake);
    try {
      await Promise.race([this.#ready, held]);
    } finally {
      this.#waiting.delete(wake);
    }
  }
}
