import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NumberRule } from './fault.js';
import { FAULT_KINDS } from './kinds/registry.js';
import { type FaultPlanContext, FaultPlanError, parseFaultPlan, readFaultPlan } from './plan.js';
import { planDocument } from './plan-document.js';

const CONTEXT: FaultPlanContext = {
  file: 'faults.json',
  links: ['clients', 'shard-0', 'shard-1'],
  processes: ['gateway', 'shard-0', 'shard-1'],
  commands: ['failover'],
  scenarioStartsMs: { quiet: 0, plateau: 20_000 },
  loadEndMs: 50_000,
  durationScale: 1,
};
const KILL = { kind: 'kill', target: 'shard-0', atMs: 1000, durationMs: 500 };
const LATENCY = { kind: 'latency', target: 'clients', atMs: 0, durationMs: 100, ms: 200 };

describe('times of a fault plan', () => {
  const rows: readonly [string, object, Partial<FaultPlanContext>, readonly [number, number]][] = [
    ['count from the start of the load', { faults: [KILL] }, {}, [1000, 1500]],
    [
      'count from the start of the scenario the plan names',
      { anchor: 'plateau', faults: [KILL] },
      {},
      [21_000, 21_500],
    ],
    [
      'count from the anchor of the fault where it has its own',
      { anchor: 'plateau', faults: [{ ...KILL, anchor: 'start' }] },
      {},
      [1000, 1500],
    ],
    [
      'shrink with the durations, while the scenario starts where it is scheduled',
      { anchor: 'plateau', faults: [KILL] },
      { durationScale: 0.3, scenarioStartsMs: { plateau: 6000 } },
      [6300, 6450],
    ],
  ];
  it.each(rows)('%s', (_name, plan, context, [plannedMs, plannedHealMs]) => {
    const [fault] = parseFaultPlan(JSON.stringify(plan), { ...CONTEXT, ...context });
    expect(fault).toMatchObject({ plannedMs, plannedHealMs });
  });

  it('put the faults in order', () => {
    const faults = [
      { ...LATENCY, atMs: 700 },
      { ...KILL, atMs: 10 },
    ];
    const planned = parseFaultPlan(JSON.stringify({ faults }), CONTEXT);
    expect(planned.map(({ id, kind }) => `${id} ${kind.kind}`)).toEqual([
      'fault-1 kill',
      'fault-2 latency',
    ]);
  });
});

describe('a fault in a plan', () => {
  it('has its numbers, and the usual ones where it does not say', () => {
    const faults = [
      { ...LATENCY, jitterMs: 5 },
      { ...LATENCY, stream: 'both', toxicity: 0.5 },
    ];
    const [first, second] = parseFaultPlan(JSON.stringify({ faults }), CONTEXT);
    expect(first.numbers).toEqual({ ms: 200, jitterMs: 5, toxicity: 1 });
    expect(first.streams).toEqual(['downstream']);
    expect(second.numbers).toEqual({ ms: 200, jitterMs: 0, toxicity: 0.5 });
    expect(second.streams).toEqual(['upstream', 'downstream']);
  });

  it('may carry a comment', () => {
    const faults = [{ ...KILL, comment: 'why' }];
    expect(parseFaultPlan(JSON.stringify({ faults }), CONTEXT)).toHaveLength(1);
  });
});

describe('a fault plan is refused in one line', () => {
  const rows: readonly [string, unknown, string][] = [
    ['that is not JSON', '{"faults":', 'faults.json: not JSON: '],
    ['that is not an object', [], 'faults.json: must be an object'],
    ['without a list of faults', {}, 'faults.json: "faults" must be a list'],
    [
      'with an unknown field',
      { faults: [], fautls: [] },
      'no field named "fautls"; there are: anchor, faults',
    ],
    [
      'with an anchor that is no scenario',
      { anchor: 'midnight', faults: [] },
      'no anchor named "midnight"; there are: start, quiet, plateau',
    ],
    [
      'of an unknown kind',
      { faults: [KILL, { ...KILL, kind: 'meteor' }] },
      'faults[1]: no kind of fault named "meteor"; there are: latency, bandwidth, cut_replies, partition, disable, reset_peer, limit_data, slicer, 2g, 3g, 4g-commuter, elevator, kill, pause',
    ],
    [
      'on an unknown link',
      { faults: [{ ...LATENCY, target: 'shard-7' }] },
      'faults[0]: no link named "shard-7"; there are: clients, shard-0, shard-1',
    ],
    [
      'that kills a link',
      { faults: [{ ...KILL, target: 'clients' }] },
      'faults[0]: no process named "clients"; there are: gateway, shard-0, shard-1',
    ],
    ['without a time', { faults: [{ ...KILL, atMs: undefined }] }, '"atMs" must be a number'],
    ['before its anchor', { faults: [{ ...KILL, atMs: -1 }] }, '"atMs" must be 0 or more, not -1'],
    [
      'without a length',
      { faults: [{ ...KILL, durationMs: 0 }] },
      '"durationMs" must be 1 or more, not 0',
    ],
    [
      'without the number it needs',
      { faults: [{ ...LATENCY, ms: undefined }] },
      '"ms" must be a number',
    ],
    [
      'with a negative number',
      { faults: [{ ...LATENCY, ms: -5 }] },
      '"ms" must be 0 or more, not -5',
    ],
    [
      'with a fraction',
      { faults: [{ ...LATENCY, ms: 0.5 }] },
      '"ms" must be a whole number, not 0.5',
    ],
    [
      'with a share above 1',
      { faults: [{ ...LATENCY, toxicity: 2 }] },
      '"toxicity" must be 0 to 1, not 2',
    ],
    ['with a misspelt number', { faults: [{ ...LATENCY, jitter: 1 }] }, 'no field named "jitter"'],
    ['with a number of another kind', { faults: [{ ...KILL, ms: 1 }] }, 'no field named "ms"'],
    ['on no such stream', { faults: [{ ...LATENCY, stream: 'up' }] }, 'no stream named "up"'],
    ['with an empty anchor', { anchor: '', faults: [] }, 'no anchor named ""'],
    [
      'with a fault that begins when the load is over',
      { anchor: 'plateau', faults: [{ ...KILL, atMs: 30_000 }] },
      'faults[0]: begins 50000 ms after the start of the load, which ends after 50000 ms',
    ],
    [
      'that lists a fault twice',
      { faults: [LATENCY, KILL, { ...LATENCY, jitterMs: 0, comment: 'again' }] },
      'faults[2]: is the same fault as faults[0]',
    ],
    [
      'with more faults than anyone means',
      { faults: Array.from({ length: 1001 }, (_, atMs) => ({ ...KILL, atMs })) },
      '"faults" may list at most 1000 faults',
    ],
  ];
  it.each(rows)('%s', (_name, plan, message) => {
    const text = typeof plan === 'string' ? plan : JSON.stringify(plan);
    const parse = () => parseFaultPlan(text, CONTEXT);
    expect(parse).toThrow(FaultPlanError);
    expect(parse).toThrow(message);
    expect(parse).not.toThrow(/\n/);
  });
});

describe('a fault plan with many mistakes', () => {
  it('is told all of them at once, fault by fault', () => {
    const plan = {
      anchor: 'midnight',
      extra: 1,
      faults: [
        { kind: 'latency', target: 'clients', atMs: -1, durationMs: 0, ms: -5, jitterMs: 0.5 },
        KILL,
        { ...KILL, target: 'shard-9', stream: 'up' },
        'kill',
      ],
    };
    expect(() => parseFaultPlan(JSON.stringify(plan), CONTEXT)).toThrow(
      'faults.json: no anchor named "midnight"; there are: start, quiet, plateau; no field named "extra"; there are: anchor, faults; ' +
        'faults[0]: "atMs" must be 0 or more, not -1; "durationMs" must be 1 or more, not 0; ' +
        '"ms" must be 0 or more, not -5; "jitterMs" must be a whole number, not 0.5; ' +
        'faults[2]: no process named "shard-9"; there are: gateway, shard-0, shard-1; no field named "stream"; ' +
        'there are: kind, target, anchor, atMs, durationMs, comment; faults[3]: must be an object; ',
    );
  });

  it('is told the first of very many, and how many are left', () => {
    const faults = Array.from({ length: 30 }, () => ({ ...KILL, target: 'x' }));
    expect(() => parseFaultPlan(JSON.stringify({ faults }), CONTEXT)).toThrow(/; and 10 more$/);
  });
});

describe('faults of one target', () => {
  it('may overlap in every way but be the same one', () => {
    const faults = [
      KILL,
      { ...KILL, atMs: 1200 },
      { ...KILL, kind: 'pause', atMs: 1100, durationMs: 100 },
      LATENCY,
      { ...LATENCY, ms: 100 },
      { kind: 'disable', target: 'clients', atMs: 0, durationMs: 50 },
      { kind: 'disable', target: 'clients', atMs: 20, durationMs: 50 },
    ];
    expect(parseFaultPlan(JSON.stringify({ faults }), CONTEXT)).toHaveLength(faults.length);
  });
});

describe('the fault plan as a document', () => {
  const number = (rule: NumberRule): fc.Arbitrary<number> => {
    const max = Math.min(rule.maximum ?? 100_000, 100_000);
    return rule.integer === true
      ? fc.integer({ min: rule.minimum, max })
      : fc.double({ min: rule.minimum, max, noNaN: true });
  };
  const fault = fc.constantFrom(...FAULT_KINDS).chain((kind) => {
    const names = { link: CONTEXT.links, process: CONTEXT.processes, command: ['failover'] }[
      kind.on
    ];
    const rules = kind.on === 'link' ? Object.entries(kind.numbers) : [];
    const hasStream = kind.on === 'link' && kind.takesStream;
    return fc.record({
      kind: fc.constant(kind.kind),
      target: fc.constantFrom(...names),
      atMs: fc.integer({ min: 0, max: 20_000 }),
      durationMs: fc.integer({ min: 1, max: 100_000 }),
      ...Object.fromEntries(rules.map(([name, rule]) => [name, number(rule)])),
      ...(hasStream ? { stream: fc.constantFrom('upstream', 'downstream', 'both') } : {}),
    });
  });
  const anchor = fc.constantFrom('start', 'quiet', 'plateau');

  it('gives the same faults when it is read again, whatever their anchor and scale were', () => {
    const lists = fc.uniqueArray(fault, { selector: (one) => JSON.stringify(one), maxLength: 8 });
    fc.assert(
      fc.property(lists, anchor, (faults, from) => {
        const planned = readFaultPlan({ anchor: from, faults }, { ...CONTEXT, durationScale: 1.3 });
        const document: unknown = JSON.parse(JSON.stringify(planDocument(planned)));
        expect(readFaultPlan(document, CONTEXT)).toEqual(planned);
      }),
    );
  });
});

it('the plan of the double eleven leaves the plateau its first nine seconds', async () => {
  const file = new URL('../../../scenarios/double-eleven.faults.json', import.meta.url);
  const faults = parseFaultPlan(await readFile(file, 'utf8'), CONTEXT);
  expect(faults.map(({ kind, target }) => `${kind.kind} ${target}`)).toEqual([
    'latency shard-0',
    'partition shard-1',
    'kill shard-1',
    'cut_replies clients',
    'kill shard-0',
    'kill gateway',
  ]);
  expect(faults[0].plannedMs).toBe(29_000);
  expect(Math.max(...faults.map((fault) => fault.plannedHealMs))).toBeLessThan(40_000);
});
