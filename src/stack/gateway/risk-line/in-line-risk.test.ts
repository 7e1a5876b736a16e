/** The risk engine in the way of payments: what it stops, what it remembers, and what happens where it cannot decide. */
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DENY, RISK_SCHEMA } from '../../../risk/line/agreed-risk.js';
import { DECIDED_FLAG, DECISION_BYTES, MARK, RECORD } from '../../../risk/line/decision-record.js';
import { merchantAccount, userAccount } from '../../../wire/accounts.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import type { Gateway, GatewayOptions } from '../run-gateway.js';
import { type BoltClient, freshId, type Operation } from '../testing/bolt-client.js';
import { TestStack } from '../testing/stack.js';

const RULES = {
  model: { 'step-up': 0.5, review: 0.8, deny: 0.95 },
  rules: [
    {
      ...{ name: 'large', when: 'amount > 300.0', decision: 'deny' },
      ...{ points: 5, reason: 'a large amount' },
    },
    {
      ...{ name: 'again', when: 'pair_times >= 2.0', decision: 'review' },
      ...{ points: 1, reason: 'the third time' },
    },
  ],
};
const AGREED = { schema: RISK_SCHEMA, rules: RULES, pairsMax: 1000 };

let stack: TestStack;
const folder = mkdtempSync(join(tmpdir(), 'paydrill-risk-line-'));

beforeAll(async () => {
  stack = await TestStack.start();
});

afterAll(async () => {
  await stack.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly gateway: Gateway;
  readonly client: BoltClient;
  readonly path: string;
}

async function open(name: string, options: Partial<GatewayOptions> = {}): Promise<Opened> {
  const path = join(folder, name);
  const riskLine = { agreed: AGREED, logPath: path };
  const gateway = await stack.gateway({ riskLine, ...options });
  return { gateway, path, client: await stack.client(gateway.bolt) };
}

interface Told {
  readonly sequence: number;
  readonly kind: number;
  readonly decision: number;
  readonly code: number;
  readonly flags: number;
  readonly reasons: number;
}

/** All that was decided, once it is on disk. */
async function logOf({ client, path }: Opened): Promise<Told[]> {
  await state({ client });
  const bytes = readFileSync(path);
  return Array.from({ length: bytes.length / DECISION_BYTES }, (_, i) => {
    const at = i * DECISION_BYTES;
    return {
      sequence: bytes.readUInt32LE(at + RECORD.sequence),
      kind: bytes[at + RECORD.kind] ?? 0,
      decision: bytes[at + RECORD.decision] ?? 0,
      code: bytes.readUInt16LE(at + RECORD.code),
      flags: bytes[at + RECORD.flags] ?? 0,
      reasons: bytes.readUInt32LE(at + RECORD.reasons),
    };
  });
}

interface State {
  readonly records: number;
  readonly written: number;
  readonly digest: number;
  readonly undecided: number;
  readonly isCold: boolean;
  readonly decided: Readonly<Record<string, number>>;
}

async function state({ client }: Pick<Opened, 'client'>): Promise<State> {
  for (;;) {
    const told = Object(await client.admin({ op: 'risk' })) as State;
    if (told.written === told.records) return told;
  }
}

const pay = (amount: number, more: Partial<Operation> = {}): Operation => ({
  kind: 'pay',
  id: freshId(),
  account: userAccount(7),
  counterparty: merchantAccount(9),
  amount,
  ...more,
});

describe('the risk engine in line', () => {
  it('denies what a rule denies, for good, and no money moves', async () => {
    const opened = await open('denied');
    const before = await opened.client.ask({ kind: 'balance', account: userAccount(7) });
    const large = pay(40_000);
    const ack = await opened.client.ask(large);
    expect(ack).toMatchObject({ outcome: 'declined', code: 'risk_denied' });
    expect(await opened.client.ask({ ...large, retry: true })).toMatchObject({
      code: 'risk_denied',
    });
    const after = await opened.client.ask({ kind: 'balance', account: userAccount(7) });
    expect(after.legs).toEqual(before.legs);
    const decided = (await logOf(opened)).filter(({ kind }) => kind !== 0);
    expect(decided).toEqual([
      {
        ...{ sequence: 2, kind: OPERATION_KIND.pay, decision: DENY, reasons: 1 },
        ...{ code: RESULTS.risk_denied.code, flags: DECIDED_FLAG.judged },
      },
    ]);
  });

  it('is told of every kind that moves money, and of nothing else', async () => {
    const opened = await open('kinds');
    const { client } = opened;
    const payment = pay(1000);
    const hold: Operation = { ...pay(1000), kind: 'hold', timeoutS: 60 };
    const other: Operation = { ...pay(1000), kind: 'hold', timeoutS: 60 };
    await client.ask(payment);
    await client.ask({ ...pay(500), kind: 'transfer', counterparty: userAccount(8) });
    await client.ask({ kind: 'topUp', id: freshId(), account: userAccount(7), amount: 5000 });
    await client.ask({ ...pay(500), kind: 'refund', reference: payment.id ?? [0, 0, 0, 0] });
    await client.ask(hold);
    await client.ask({ ...pay(1000), kind: 'capture', reference: hold.id ?? [0, 0, 0, 0] });
    await client.ask(other);
    await client.ask({
      ...{ kind: 'void', id: freshId(), account: userAccount(7) },
      reference: other.id ?? [0, 0, 0, 0],
    });
    await client.ask({ kind: 'balance', account: userAccount(7) });
    const log = await logOf(opened);
    const { pay: paid, transfer, topUp, refund, capture, void: freed } = OPERATION_KIND;
    const kinds = [0, paid, transfer, topUp, refund, OPERATION_KIND.hold, capture];
    expect(log.map(({ kind }) => kind)).toEqual([...kinds, OPERATION_KIND.hold, freed]);
    expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_, i) => i + 1));
    const judged = log.filter(({ flags }) => (flags & DECIDED_FLAG.judged) !== 0);
    expect(new Set(judged.map(({ kind }) => kind))).toEqual(
      new Set([paid, transfer, OPERATION_KIND.hold]),
    );
  });

  it('lets go what it wants reviewed, and says so', async () => {
    const opened = await open('review');
    for (let times = 0; times < 3; times++)
      expect(await opened.client.ask(pay(1000))).toMatchObject({ outcome: 'ok' });
    expect((await state(opened)).decided).toMatchObject({ allow: 2, review: 1, deny: 0 });
  });

  it('counts an operation that is sent again once', async () => {
    const opened = await open('again');
    const payment = pay(1000);
    const refund: Operation = {
      ...pay(300),
      ...{ kind: 'refund', reference: payment.id ?? [0, 0, 0, 0] },
    };
    for (const operation of [payment, refund]) {
      const first = await opened.client.ask(operation);
      const again = await opened.client.ask({ ...operation, retry: true });
      expect({ ...again, tag: 0 }).toEqual({ ...first, tag: 0 });
    }
    expect((await logOf(opened)).map(({ kind }) => kind)).toEqual([
      ...[0, OPERATION_KIND.pay, OPERATION_KIND.refund],
    ]);
  });

  it('has the same state when it starts again, and goes on from there', async () => {
    const first = await open('restart');
    for (let i = 0; i < 50; i++)
      await first.client.ask(pay(100 + i, { counterparty: merchantAccount(1 + (i % 9)) }));
    const { digest, records } = await state(first);
    await first.gateway.close();
    const second = await open('restart');
    expect(await state(second)).toMatchObject({ digest, records: records + 1, isCold: false });
    await second.client.ask(pay(1000));
    expect((await state(second)).decided).toMatchObject({ review: 1 });
    const marks = (await logOf(second)).filter(({ kind }) => kind === 0);
    expect(marks.map(({ decision }) => decision)).toEqual([MARK.start, MARK.start]);
  });

  it('reads a log whose last record was cut off by a kill', async () => {
    const first = await open('torn');
    await first.client.ask(pay(1000));
    const { digest, records } = await state(first);
    await first.gateway.close();
    appendFileSync(first.path, Buffer.alloc(DECISION_BYTES / 2, 7));
    expect(await state(await open('torn'))).toMatchObject({ digest, records: records + 1 });
  });

  it('says that it is cold where the log cannot be read, and keeps what it was', async () => {
    writeFileSync(join(folder, 'spoilt'), Buffer.alloc(DECISION_BYTES * 3, 1));
    const opened = await open('spoilt');
    expect(await state(opened)).toMatchObject({ isCold: true, records: 1 });
    await opened.client.ask(pay(1000));
    const flags = (await logOf(opened)).map((one) => one.flags & DECIDED_FLAG.cold);
    expect(flags).toEqual([DECIDED_FLAG.cold, DECIDED_FLAG.cold]);
    expect(readdirSync(folder)).toContain(`spoilt.unreadable-${DECISION_BYTES * 3}`);
  });

  it.skipIf(process.platform !== 'linux')(
    'without room for its log decides nothing: kinds that are closed are refused, others go',
    async () => {
      const lines: string[] = [];
      const agreed = { ...AGREED, closed: ['transfer'] };
      const riskLine = { agreed, logPath: '/dev/full' };
      const { client } = await open('full', { riskLine, log: (line) => void lines.push(line) });
      const transfer = (): Operation => ({
        ...{ ...pay(100), kind: 'transfer', counterparty: userAccount(8) },
      });
      while ((await client.ask(transfer())).outcome === 'ok');
      expect(await client.ask(transfer())).toMatchObject({ code: 'risk_undecided' });
      expect(await client.ask(pay(40_000))).toMatchObject({ outcome: 'ok' });
      expect(lines.join()).toContain('the log of decisions cannot be written');
      expect(await client.admin({ op: 'risk' })).toMatchObject({ undecided: 3 });
    },
  );

  it.each([
    [
      'a rule that does not compile',
      { rules: { ...RULES, rules: [{ ...RULES.rules[0], when: 'amount >' }] } },
      "rule 'large'",
    ],
    [
      'a feature that there is not',
      { rules: { ...RULES, rules: [{ ...RULES.rules[0], when: 'luck > 1.0' }] } },
      'luck',
    ],
    ['a kind that cannot be denied', { closed: ['refund'] }, 'no kind that may be denied'],
    ['more than its memory', { memoryMiB: 1, pairsMax: 100_000 }, 'memoryMiB is 1'],
    ['another schema', { schema: 'other' }, 'schema'],
  ])('is refused with %s', async (_, change, words) => {
    const riskLine = { agreed: { ...AGREED, ...change }, logPath: join(folder, 'never') };
    await expect(stack.gateway({ riskLine })).rejects.toThrow(words);
  });

  it('is not there where nobody asked for it', async () => {
    const gateway = await stack.gateway();
    const client = await stack.client(gateway.bolt);
    expect(await client.admin({ op: 'risk' })).toMatchObject({ error: expect.any(String) });
  });
});
