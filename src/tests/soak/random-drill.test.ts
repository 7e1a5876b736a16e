import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../harness/faults/kinds/registry.js';
import { type PlannedFault, parseFaultPlan } from '../../harness/faults/plan.js';
import {
  breakableOfAddress,
  breakableOfReference,
  linkOver,
} from '../../harness/targets/breakable-names.js';
import { faultPlanText, type RandomDrill, randomDrill } from './random-drill.js';

const DRILLS = Array.from({ length: 800 }, (_, seed) => randomDrill(seed));

/** As `paydrill run` reads it; throws where it would refuse it. */
function planned(drill: RandomDrill): readonly PlannedFault[] {
  const { way, shards, seed, loadMs, durationScale, networks } = drill;
  return parseFaultPlan(faultPlanText(drill), {
    ...(way === 'reference'
      ? breakableOfReference({ shards, networks })
      : breakableOfAddress({ networks })),
    file: `of seed ${seed}`,
    scenarioStartsMs: {},
    loadEndMs: loadMs,
    durationScale,
  });
}

function everyOf(field: (drill: RandomDrill) => unknown): readonly unknown[] {
  return [...new Set(DRILLS.map(field))].sort();
}

describe('a random drill', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(DRILLS.map(({ seed }) => randomDrill(seed))).toEqual(DRILLS);
    expect(new Set(DRILLS.map((drill) => JSON.stringify({ ...drill, seed: 0 }))).size).toBe(
      DRILLS.length,
    );
  });

  it('has a fault plan that is accepted, and carried out when it says so', () => {
    for (const drill of DRILLS) {
      const times = planned(drill).map(({ plannedMs }) => plannedMs);
      const wanted = drill.faults.faults.map(({ atMs }) => Number(atMs)).sort((a, b) => a - b);
      expect(times).toEqual(wanted);
    }
  });

  it('comes with every script, size, way to the stack and victim', () => {
    expect(everyOf(({ script }) => script)).toEqual([
      'capacity',
      'double-eleven',
      'every-operation',
      'everyday',
      'fraud',
      'fund',
      'huabei',
      'loan',
      'metro',
      'mobile',
      'qr',
      'red-packets',
      'starter',
      'ticket-rush',
    ]);
    expect(everyOf(({ shards }) => shards)).toEqual([1, 2, 3, 4]);
    expect(everyOf(({ workers }) => workers)).toEqual([1, 2]);
    expect(everyOf(({ way }) => way)).toEqual(['bolt', 'http', 'reference']);
    expect(everyOf(({ isAsked }) => isAsked)).toEqual([false, true]);
    const blows = everyOf(({ blow }) => (blow ? `${blow.signal} ${blow.victim}` : 'nobody'));
    expect(blows).toEqual([
      'SIGINT harness',
      ...['gateway', 'harness', 'proxy', 'shard', 'supervisor'].map((who) => `SIGKILL ${who}`),
      'SIGTERM harness',
      'nobody',
    ]);
  });

  it('comes with every kind of fault on everything that it can break, in every direction', () => {
    const [overNetworks, others] = [true, false].map((wanted) =>
      DRILLS.filter(({ networks }) => networks.length > 0 === wanted),
    );
    const drawn = others
      .flatMap(planned)
      .flatMap(({ kind, target, streams }) => `${kind.kind} ${target} ${streams.join('+')}`.trim());
    const { links, processes } = breakableOfReference({ shards: 4, networks: [] });
    const wanted = FAULT_KINDS.flatMap((kind) => {
      // The reference stack has no command.
      if (kind.on === 'command') return [];
      if (kind.on === 'process') return processes.map((name) => `${kind.kind} ${name}`);
      const streams = kind.takesStream ? ['upstream', 'downstream', 'upstream+downstream'] : [''];
      return links.flatMap((name) => streams.map((way) => `${kind.kind} ${name} ${way}`.trim()));
    });
    // Of the fourth shard and of one direction there may be too few among so many.
    const seldom = wanted.filter((one) => !drawn.includes(one));
    expect(seldom.filter((one) => !/shard-[23] \w/.test(one))).toEqual([]);
    expect(new Set(drawn.map((one) => one.split(' ', 2).join(' '))).size).toBe(
      FAULT_KINDS.filter(({ on }) => on === 'link').length * links.length + 2 * processes.length,
    );
    const ofNetworks = new Set(overNetworks.flatMap(planned).map(({ target }) => target));
    expect([...ofNetworks].filter((name) => name.startsWith('clients-')).sort()).toEqual(
      overNetworks[0]?.networks.map(linkOver).sort(),
    );
  });

  it('has faults that overlap, also on one target, and plans without any', () => {
    const overlaps = (drill: RandomDrill, isSame: boolean): boolean =>
      planned(drill).some((a, at, all) =>
        all
          .slice(at + 1)
          .some((b) => b.plannedMs < a.plannedHealMs && (!isSame || a.target === b.target)),
      );
    expect(DRILLS.filter((drill) => overlaps(drill, false)).length).toBeGreaterThan(100);
    expect(DRILLS.filter((drill) => overlaps(drill, true)).length).toBeGreaterThan(50);
    expect(DRILLS.filter(({ faults }) => faults.faults.length === 0).length).toBeGreaterThan(10);
  });
});
