import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hold, ProcessHandle, SharedProcess } from './fault.js';
import { shareProcess } from './shared-process.js';

type State = 'running' | 'still' | 'gone';

/** A process as an operating system has it: what cannot be done to it in its state is refused. */
class Simulated implements ProcessHandle {
  state: State = 'running';
  isReady = true;
  readonly happened: string[] = [];
  #starting: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  async kill(): Promise<void> {
    if (this.state === 'gone') throw new Error('is not running');
    this.#become('gone');
    this.#starting?.reject(new Error('ended (SIGKILL) before it was ready'));
    this.#starting = undefined;
  }

  restart(): Promise<void> {
    if (this.state !== 'gone') throw new Error('is running already');
    this.#become('running');
    this.isReady = false;
    return new Promise((resolve, reject) => {
      this.#starting = { resolve, reject };
    });
  }

  async pause(): Promise<void> {
    if (this.state !== 'running') throw new Error(`is ${this.state}`);
    this.#become('still');
  }

  async resume(): Promise<void> {
    if (this.state !== 'still') throw new Error(`is ${this.state}`);
    this.#become('running');
  }

  /** Its start has come to its end, if one was under way and it is not stopped. */
  getReady(): void {
    if (this.state !== 'running') return;
    this.isReady = true;
    this.#starting?.resolve();
    this.#starting = undefined;
  }

  failToStart(words: string): void {
    this.#become('gone');
    this.#starting?.reject(new Error(words));
    this.#starting = undefined;
  }

  #become(state: State): void {
    this.state = state;
    this.happened.push(state);
  }
}

interface Told {
  readonly released: string[];
}

function setUp(): { readonly process: Simulated; readonly shared: SharedProcess } & Told {
  const process = new Simulated();
  return { process, shared: shareProcess(process), released: [] };
}

/** Lets everything that can go on go on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('a process that faults share', () => {
  it('killed again while it starts, is healed for both: the one let go, the other when it is ready', async () => {
    const { process, shared, released } = setUp();
    await shared.hold('first', 'down');
    const first = shared.release('first').then(() => released.push('first'));
    await turn();
    expect(process.happened).toEqual(['gone', 'running']);
    expect(released).toEqual([]);
    await shared.hold('second', 'down');
    await first;
    const second = shared.release('second').then(() => released.push('second'));
    await turn();
    expect(released).toEqual(['first']);
    process.getReady();
    await second;
    expect(process.happened).toEqual(['gone', 'running', 'gone', 'running']);
  });

  it('paused and then killed is gone at once, and starts only when nobody holds it down', async () => {
    const { process, shared } = setUp();
    await shared.hold('pause', 'still');
    await shared.hold('kill', 'down');
    await shared.release('pause');
    expect(process.state).toBe('gone');
    const released = shared.release('kill');
    await turn();
    process.getReady();
    await released;
    expect(process.happened).toEqual(['still', 'gone', 'running']);
  });

  it('let go by a kill while it is paused starts and stands still until the pause is over', async () => {
    const { process, shared } = setUp();
    await shared.hold('kill', 'down');
    await shared.hold('pause', 'still');
    await shared.release('kill');
    expect(process.happened).toEqual(['gone', 'running', 'still']);
    const released = shared.release('pause');
    await turn();
    process.getReady();
    await released;
    expect(process.state).toBe('running');
  });

  it('paused twice goes on when the second pause is over', async () => {
    const { process, shared } = setUp();
    await shared.hold('a', 'still');
    await shared.hold('b', 'still');
    await shared.release('a');
    expect(process.state).toBe('still');
    await shared.release('b');
    expect(process.happened).toEqual(['still', 'running']);
  });

  it('that cannot be started is told with its last words to whoever let it go', async () => {
    const { process, shared } = setUp();
    await shared.hold('kill', 'down');
    const released = expect(shared.release('kill')).rejects.toThrow('the store is locked');
    await turn();
    process.failToStart('the store is locked');
    await released;
    await expect(shared.hold('second', 'down')).rejects.toThrow('is not running');
    await expect(shared.release('second')).rejects.toThrow('the store is locked');
  });

  it('that ended by itself is not held, and is not started again', async () => {
    const { process, shared } = setUp();
    process.failToStart('out of memory');
    await expect(shared.hold('kill', 'down')).rejects.toThrow('is not running');
    await shared.release('kill');
    expect(process.happened).toEqual(['gone']);
  });
});

/** A fault of a plan: it holds, and some steps later lets go. */
interface Use {
  readonly from: number;
  readonly steps: number;
  readonly hold: Hold;
}

const use = fc.record({
  from: fc.nat(12),
  steps: fc.integer({ min: 1, max: 8 }),
  hold: fc.constantFrom<Hold>('down', 'still'),
});

describe('whatever faults of one process overlap, and however long its starts take', () => {
  it('it does what who holds it wants, and in the end it runs, is ready, and everyone has let go', async () => {
    const plans = fc.array(use, { minLength: 1, maxLength: 6 });
    const readyAt = fc.array(fc.boolean(), { minLength: 24, maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(plans, readyAt, async (uses, ready) => {
        const { process, shared } = setUp();
        const releases: Promise<void>[] = [];
        for (let step = 0; step < 24; step++) {
          const going = uses.map(async ({ from, steps, hold }, index) => {
            if (from === step) await shared.hold(`${index}`, hold);
            if (from + steps === step) releases.push(shared.release(`${index}`));
          });
          await Promise.all(going);
          await turn();
          expect(process.state).toBe(wantedAt(uses, step));
          if (ready[step]) process.getReady();
        }
        process.getReady();
        await Promise.all(releases);
        expect(releases).toHaveLength(uses.length);
        expect([process.state, process.isReady]).toEqual(['running', true]);
      }),
      { numRuns: 300 },
    );
  });
});

function wantedAt(uses: readonly Use[], step: number): State {
  const holds = uses.filter(({ from, steps }) => from <= step && step < from + steps);
  if (holds.some(({ hold }) => hold === 'down')) return 'gone';
  return holds.length > 0 ? 'still' : 'running';
}
