import { describe, expect, it } from 'vitest';
import type { LinkHandle, ProcessHandle } from './fault.js';
import { parseFaultPlan } from './plan.js';
import { FaultTimeline } from './timeline.js';

/** A clock that moves to the next thing anyone waits for once everyone waits. */
class Night {
  nowMs = 0;
  readonly happened: string[] = [];
  readonly #sleepers = new Set<{ readonly dueMs: number; readonly wake: () => void }>();

  readonly wait = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const sleeper = {
        dueMs: this.nowMs + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', sleeper.wake);
      if (signal.aborted) sleeper.wake();
    });

  say(what: string): void {
    this.happened.push(`${this.nowMs} ${what}`);
  }

  /** Until nobody waits, or until the time given. */
  async pass(untilMs = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = [...this.#sleepers].sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined || next.dueMs > untilMs) return;
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      next.wake();
    }
  }
}

interface Trouble {
  readonly restart?: () => void;
  readonly onUnhealed?: (line: string) => void;
  readonly addToxic?: (toxicName: string) => void;
  readonly removeToxic?: (toxicName: string) => void;
}

function timelineOf(night: Night, faults: readonly object[], trouble: Trouble = {}): FaultTimeline {
  const link = (name: string): LinkHandle => ({
    addToxic: async (toxic) => {
      trouble.addToxic?.(toxic.name);
      night.say(`+${toxic.type} ${toxic.stream} ${name}`);
    },
    removeToxic: async (toxicName) => {
      trouble.removeToxic?.(toxicName);
      night.say(`-${toxicName} ${name}`);
    },
    setEnabled: async (enabled) => night.say(`${enabled ? 'enable' : 'disable'} ${name}`),
  });
  const process = (name: string): ProcessHandle => ({
    kill: async () => night.say(`kill ${name}`),
    restart: async () => {
      trouble.restart?.();
      night.say(`restart ${name}`);
    },
    pause: async () => night.say(`pause ${name}`),
    resume: async () => night.say(`resume ${name}`),
  });
  const planned = parseFaultPlan(JSON.stringify({ faults }), {
    file: 'faults.json',
    links: ['clients', 'shard-0'],
    processes: ['gateway', 'shard-0'],
    scenarioStartsMs: {},
    loadEndMs: 100_000,
    durationScale: 1,
  });
  return new FaultTimeline({
    faults: planned,
    link,
    process,
    nowMs: () => night.nowMs,
    wait: night.wait,
    onUnhealed: (line) => trouble.onUnhealed?.(line),
  });
}

const PARTITION = { kind: 'partition', target: 'shard-0', atMs: 100, durationMs: 50 };
const KILL = { kind: 'kill', target: 'gateway', atMs: 120, durationMs: 100 };
const never = new AbortController().signal;

describe('a fault plan', () => {
  it('is played at its times, faults side by side', async () => {
    const night = new Night();
    const timeline = timelineOf(night, [PARTITION, KILL]);
    const done = timeline.run(never);
    await night.pass();
    await done;
    expect(night.happened).toEqual([
      '100 +timeout upstream shard-0',
      '100 +timeout downstream shard-0',
      '120 kill gateway',
      '150 -fault-1-upstream shard-0',
      '150 -fault-1-downstream shard-0',
      '220 restart gateway',
    ]);
    expect(timeline.records).toMatchObject([
      { kind: 'partition', target: 'shard-0', plannedMs: 100, appliedMs: 100, healedMs: 150 },
      { kind: 'kill', target: 'gateway', plannedMs: 120, appliedMs: 120, healedMs: 220 },
    ]);
  });

  it('begins a fault early where somebody asks, once, for as long as planned', async () => {
    const night = new Night();
    const timeline = timelineOf(night, [PARTITION, KILL]);
    const done = timeline.run(never);
    await night.pass(0);
    night.nowMs = 30;
    expect([timeline.applyNow(1), timeline.applyNow(1), timeline.applyNow(2)]).toEqual([
      true,
      false,
      false,
    ]);
    await night.pass(110);
    // Its time has come.
    expect(timeline.applyNow(0)).toBe(false);
    await night.pass();
    await done;
    expect(night.happened.filter((what) => what.includes('gateway'))).toEqual([
      '30 kill gateway',
      '130 restart gateway',
    ]);
    expect(timeline.records).toMatchObject([
      { kind: 'partition', askedMs: undefined, appliedMs: 100, healedMs: 150 },
      { kind: 'kill', plannedMs: 120, askedMs: 30, appliedMs: 30, healedMs: 130 },
    ]);
  });

  it('begins nothing early that is over, or has not begun', async () => {
    const night = new Night();
    night.nowMs = -200;
    const timeline = timelineOf(night, [PARTITION, KILL]);
    const abort = new AbortController();
    const done = timeline.run(abort.signal);
    expect(timeline.applyNow(0)).toBe(false);
    await night.pass(50);
    abort.abort();
    expect(timeline.applyNow(0)).toBe(false);
    await done;
    expect(night.happened).toEqual([]);
  });

  it('says which faults are active', async () => {
    const night = new Night();
    const timeline = timelineOf(night, [PARTITION, KILL]);
    const done = timeline.run(never);
    expect(timeline.active).toEqual([]);
    await night.pass(120);
    expect(timeline.active).toEqual(['partition shard-0', 'kill gateway']);
    await night.pass();
    await done;
    expect(timeline.active).toEqual([]);
  });

  it('that is aborted heals what is active and begins nothing else', async () => {
    const night = new Night();
    const timeline = timelineOf(night, [PARTITION, KILL]);
    const abort = new AbortController();
    const done = timeline.run(abort.signal);
    await night.pass(110);
    abort.abort();
    await done;
    expect(night.happened.slice(2)).toEqual([
      '100 -fault-1-upstream shard-0',
      '100 -fault-1-downstream shard-0',
    ]);
    expect(timeline.records[1]).toMatchObject({ appliedMs: undefined, healedMs: undefined });
  });

  it('that is aborted before it began does nothing', async () => {
    const night = new Night();
    await timelineOf(night, [PARTITION]).run(AbortSignal.abort());
    expect(night.happened).toEqual([]);
  });

  it('heals each fault once, however often it is told to', async () => {
    const night = new Night();
    const timeline = timelineOf(night, [KILL]);
    const done = timeline.run(never);
    await night.pass(150);
    await Promise.all([timeline.healAll(), timeline.healAll(), done]);
    await timeline.healAll();
    expect(night.happened).toEqual(['120 kill gateway', '120 restart gateway']);
  });
});

describe('a fault', () => {
  it('that fails half-way is taken back at once and recorded, and the others go on', async () => {
    const night = new Night();
    const timeline = timelineOf(night, [PARTITION, KILL], {
      addToxic: (name) => {
        if (name.endsWith('downstream')) throw new Error('no answer within 5000 ms');
      },
    });
    const done = timeline.run(never);
    await night.pass();
    await done;
    expect(timeline.records).toMatchObject([
      {
        appliedMs: undefined,
        healedMs: 100,
        error: 'could not be applied: no answer within 5000 ms',
      },
      { appliedMs: 120, healedMs: 220, error: undefined },
    ]);
  });

  it('whose healing fails is tried again', async () => {
    const night = new Night();
    let failures = 2;
    const timeline = timelineOf(night, [PARTITION], {
      removeToxic: () => {
        if (failures-- > 0) throw new Error('busy');
      },
    });
    const done = timeline.run(never);
    await night.pass();
    await done;
    expect(timeline.records[0]).toMatchObject({ healedMs: 350, error: undefined });
  });

  it('that cannot be healed is told as soon as that is known, and the others go on', async () => {
    const night = new Night();
    const timeline = timelineOf(
      night,
      [PARTITION, KILL, { ...PARTITION, target: 'clients', atMs: 9000 }],
      {
        removeToxic: (name) => {
          if (name.startsWith('fault-1')) throw new Error('gone');
        },
        onUnhealed: (line) => night.say(line),
      },
    );
    const done = timeline.run(never);
    await night.pass();
    await done;
    expect(night.happened.filter((what) => what.includes('healed'))).toEqual([
      '3150 partition shard-0 could not be healed: gone',
    ]);
    expect(night.happened.at(-1)).toBe('9050 -fault-3-downstream clients');
    expect(timeline.records[0]).toMatchObject({
      appliedMs: 100,
      healedMs: undefined,
      error: 'could not be healed: gone',
    });
    expect(timeline.active).toEqual(['partition shard-0']);
    expect(timeline.isHealed).toBe(false);
  });

  it('whose process does not start again is told at once, in its last words', async () => {
    const night = new Night();
    const told: string[] = [];
    const timeline = timelineOf(night, [KILL], {
      restart: () => {
        throw new Error('gateway: ended (code 104) before it was ready: the port is taken');
      },
      onUnhealed: (line) => told.push(`${night.nowMs} ${line}`),
    });
    const done = timeline.run(never);
    await night.pass();
    await done;
    expect(told).toEqual([
      '220 kill gateway could not be healed: gateway: ended (code 104) before it was ready: the port is taken',
    ]);
  });

  it('whose time never came says when the load ended', async () => {
    const night = new Night();
    const timeline = timelineOf(night, [PARTITION, { ...KILL, atMs: 5000 }]);
    const done = timeline.run(never);
    await night.pass(1200);
    night.nowMs = 1234;
    await timeline.healAll();
    await done;
    expect(timeline.records).toMatchObject([
      { appliedMs: 100, healedMs: 150, error: undefined },
      { appliedMs: undefined, error: 'its time never came: the load ended after 1.2 s' },
    ]);
  });
});

describe('faults that overlap', () => {
  it('close a link until the last of them is healed', async () => {
    const night = new Night();
    const disable = { kind: 'disable', target: 'clients' };
    const timeline = timelineOf(night, [
      { ...disable, atMs: 100, durationMs: 100 },
      { ...disable, atMs: 150, durationMs: 100 },
    ]);
    const done = timeline.run(never);
    await night.pass();
    await done;
    expect(night.happened).toEqual(['100 disable clients', '250 enable clients']);
    expect(timeline.records).toMatchObject([
      { appliedMs: 100, healedMs: 200 },
      { appliedMs: 150, healedMs: 250 },
    ]);
  });
});
