import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OUTCOME } from '../../../wire/acks.js';
import { COMMAND } from '../../../wire/ledger-commands.js';
import { formatOperationId } from '../../../wire/operation-id.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { drillRecordText } from '../../records/drill-record.js';
import { openRun } from '../open-run.js';
import { PLANTED_BUGS } from '../synthetic/planted.js';
import { type Recorded, recordHistory, writeRecorded } from '../synthetic/run-folder.js';
import { verifyRunFolder } from '../verify.js';
import { explainOperation } from './explain.js';
import { NoOperationError } from './find-operation.js';
import type { OperationLife } from './operation-life.js';

const root = mkdtempSync(join(tmpdir(), 'paydrill-explain-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const CLEAN = recordHistory({ seed: 11, operations: 900, users: 60, merchants: 12 });

/** A planted bug for each law. */
const ONE_OF_EACH_LAW = [...new Map(PLANTED_BUGS.map(({ bug, law }) => [law, bug]))].map(
  ([law, bug]) => [bug, law] as const,
);

async function written(recorded: Recorded, as?: 'binary'): Promise<string> {
  const folder = mkdtempSync(join(root, 'run-'));
  await writeRecorded(folder, recorded, as);
  return folder;
}

async function lifeIn(folder: string, text: string): Promise<OperationLife> {
  const run = await openRun(folder, new AbortController().signal);
  try {
    return await explainOperation(run, text);
  } finally {
    run.close();
  }
}

/** An acknowledged operation of the kind; across shards where its effect is a Confirm. */
function someOf(kind: number, effect?: number) {
  const found = CLEAN.operations.find((operation) => {
    if (operation.kind !== kind || operation.completion?.outcome !== OUTCOME.ok) return false;
    const ofIt = entriesOf(formatOperationId(operation.id));
    return effect === undefined || ofIt.some((entry) => entry.command === effect);
  });
  if (found === undefined) throw new Error('the history has none');
  return { ...found, idText: formatOperationId(found.id) };
}

function entriesOf(id: string) {
  return CLEAN.entries.flat().filter((entry) => formatOperationId(entry.id) === id);
}

describe('the life of an operation', () => {
  it('tells what was asked, what was answered, and every entry on each shard in order', async () => {
    const payment = someOf(OPERATION_KIND.pay, COMMAND.confirm);
    const life = await lifeIn(await written(CLEAN, 'binary'), payment.idText);
    const [asked] = life.asked;
    expect(life.asked.length).toBe(1);
    expect(asked).toMatchObject({
      kind: 'pay',
      account: `user:${payment.account}`,
      amount: payment.amount,
      invoked_us: payment.invokedUs,
      completed_us: payment.completion?.completedUs,
      outcome: 'ok',
      result: 'created',
      attempts: payment.completion?.attempts,
    });
    expect(asked?.receipt.map(({ version }) => version)).toEqual(
      payment.completion?.legs.map(({ version }) => version),
    );
    const made = entriesOf(payment.idText);
    expect(new Set(life.entries.map(({ shard }) => shard))).toEqual(new Set([0, 1]));
    expect(life.entries.map(({ timestamp_us: at }) => at)).toEqual(
      made.map(({ timestampUs }) => timestampUs).sort((a, b) => a - b),
    );
    expect(new Set(life.entries.map(({ command }) => command))).toEqual(
      new Set(['try_', 'confirm']),
    );
    for (const { at_us: at } of life.entries) {
      expect(Number(at)).toBeGreaterThanOrEqual(payment.invokedUs);
    }
    expect(life.broken).toEqual([]);
  });

  it('names what it refers to, and what refers to it, from both ends', async () => {
    const folder = await written(CLEAN);
    const capture = someOf(OPERATION_KIND.capture);
    const hold = formatOperationId(capture.reference ?? [0, 0, 0, 0]);
    const life = await lifeIn(folder, capture.idText);
    expect(life.asked[0]?.reference).toBe(hold);
    expect(life.related).toEqual([
      { id: hold, how: 'it refers to', text: expect.stringMatching(/^hold .*, which was /) },
    ]);
    const held = await lifeIn(folder, hold);
    expect(held.related).toContainEqual({
      id: capture.idText,
      how: 'refers to it',
      text: expect.stringMatching(/^capture .*, which was acknowledged/),
    });
    const done = held.entries.filter(({ result }) => result === 'created');
    expect(done.map(({ command, id }) => [command, id])).toEqual([
      ['hold', hold],
      ['release', capture.idText],
      ['capture', capture.idText],
    ]);
  });

  it('names the faults that were felt meanwhile, and no others', async () => {
    const folder = await written(CLEAN);
    const { idText, invokedUs, completion } = someOf(OPERATION_KIND.pay);
    const startUs = 500;
    const record = { atRest: true, notAtRest: [], failures: [], loadStartedUs: startUs };
    writeFileSync(join(folder, 'drill.json'), drillRecordText(record));
    const ms = (us: number): number => (us - startUs) / 1000;
    const fault = (target: string, from: number | null, to: number | null) => ({
      kind: 'kill',
      target,
      applied_ms: from,
      healed_ms: to,
    });
    const end = completion?.completedUs ?? 0;
    const faults = [
      fault('before', ms(invokedUs - 900), ms(invokedUs - 1)),
      fault('at its start', ms(invokedUs - 900), ms(invokedUs)),
      fault('never healed', ms(invokedUs - 900), null),
      fault('at its end', ms(end), ms(end + 900)),
      fault('after', ms(end + 1), ms(end + 900)),
      fault('never applied', null, null),
    ];
    writeFileSync(join(folder, 'faults.json'), JSON.stringify({ faults }));
    const life = await lifeIn(folder, idText);
    expect(life.faults.map(({ fault: number, target }) => [number, target])).toEqual([
      [2, 'at its start'],
      [3, 'never healed'],
      [4, 'at its end'],
    ]);
    expect(life.load_started_us).toBe(startUs);
    expect(life.notes).toEqual([]);
  });

  it('says that faults cannot be told where the folder does not say when the load began', async () => {
    const life = await lifeIn(await written(CLEAN), someOf(OPERATION_KIND.pay).idText);
    expect(life.notes).toEqual([expect.stringContaining('faults cannot be told')]);
  });

  it.each(ONE_OF_EACH_LAW)(
    '%s: the operation that the witness of %s names is explained to break it',
    async (bug, law) => {
      const recorded = structuredClone(CLEAN);
      PLANTED_BUGS.find((one) => one.bug === bug)?.plant(recorded);
      const folder = await written(recorded);
      const { laws } = await verifyRunFolder(folder);
      const result = laws.find(({ name }) => name === law);
      if (result?.operation_id === undefined) {
        expect(result?.witness).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7/);
        return;
      }
      expect(result.witness).toContain(result.operation_id);
      const life = await lifeIn(folder, result.operation_id);
      const broken = life.broken.find(({ name }) => name === law);
      expect(broken?.problems.some((problem) => result.witness?.includes(problem))).toBe(true);
    },
  );

  it('breaks a law that somebody added, too, where that names operations', async () => {
    const folder = await written(CLEAN);
    mkdirSync(join(folder, 'laws'));
    const { idText } = someOf(OPERATION_KIND.topUp);
    const added = {
      'no-top-ups': `-- Nobody tops up.\nselect id_hi, id_lo from journal where kind = 'topUp'`,
      'no-money': 'select 1 as one',
      broken: 'select nope',
    };
    for (const [name, sql] of Object.entries(added))
      writeFileSync(join(folder, 'laws', `${name}.sql`), sql);
    const life = await lifeIn(folder, idText);
    expect(life.broken).toEqual([
      {
        name: 'no-top-ups',
        statement: 'Nobody tops up.',
        file: 'laws/no-top-ups.sql',
        problems: ['is among the rows that the query returns'],
        sql: added['no-top-ups'],
      },
    ]);
    expect(life.notes).toContainEqual(expect.stringMatching(/^broken could not be asked: .*nope/));
  });
});

describe('an id', () => {
  it('may be its first digits, in any case and with or without hyphens, while no other has them', async () => {
    const folder = await written(CLEAN);
    const { idText } = someOf(OPERATION_KIND.pay);
    for (const text of [idText, idText.toUpperCase(), idText.replaceAll('-', '')]) {
      expect((await lifeIn(folder, text)).id).toBe(idText);
    }
    const all = CLEAN.operations.map(({ id }) => formatOperationId(id));
    const isUnique = (length: number): boolean =>
      all.filter((one) => one.startsWith(idText.slice(0, length))).length === 1;
    const shortest = Array.from({ length: 36 }, (_, i) => i + 1).find(isUnique) ?? 36;
    expect((await lifeIn(folder, idText.slice(0, shortest))).id).toBe(idText);
    await expect(lifeIn(folder, idText.slice(0, 4))).rejects.toThrow(
      new RegExp(`could be any of ${new Set(all).size} operations: `),
    );
  });

  it.each(['no-id', '', '0'.repeat(33), '01234567-89ab-7cde-8f01-23456789abcd'])(
    '%j is refused in one line where it is none of the run',
    async (text) => {
      const folder = await written(CLEAN);
      await expect(lifeIn(folder, text)).rejects.toBeInstanceOf(NoOperationError);
    },
  );
});
