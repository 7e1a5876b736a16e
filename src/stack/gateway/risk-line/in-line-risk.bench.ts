/**
 * What the risk engine in line costs an operation in the gateway: CPU of the process for the judgement, with the log of decisions written to
 * a temporary folder, beside the agreed rules alone; the two in turns, medians. Payments and transfers at random, rules and model of
 * `scenarios/risk`; a round is a day of the engine's time.
 *
 *   npm run bench in-line-risk        (after a build: node dist/stack/gateway/risk-line/in-line-risk.bench.js [rounds])
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { agreedRisk, RISK_SCHEMA } from '../../../risk/line/agreed-risk.js';
import { merchantAccount } from '../../../wire/accounts.js';
import { writeUint64 } from '../../../wire/bytes.js';
import { OP, OPERATION_BYTES, OPERATION_KIND } from '../../../wire/operations.js';
import { monotonicMs } from '../../payments/clock.js';
import { Turn } from '../../payments/turn.js';
import { DEFAULT_RISK_LIMITS, RiskControl } from '../../risk/risk-control.js';
import { InLineRisk } from './in-line-risk.js';

const FRAME = 64;
const FRAMES = 1 << 11;
/** After so many frames the log gets its turn. */
const FRAMES_A_TURN = 32;
const DAY_MS = 86_400_000;
const USERS = [20_000, 200_000];
const TRANSFERS = 0.25;
const POLICY = join(import.meta.dirname, '..', '..', '..', '..', 'scenarios', 'risk');

let random = 1;
function draw(below: number): number {
  random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
  return Math.floor((random / 2 ** 32) * below);
}

function operations(users: number): DataView {
  const records = new DataView(new ArrayBuffer(FRAMES * FRAME * OPERATION_BYTES));
  for (let at = 0; at < records.byteLength; at += OPERATION_BYTES) {
    const isTransfer = draw(1000) < TRANSFERS * 1000;
    const payer = 1 + draw(users);
    const payee = isTransfer ? 1 + ((payer + draw(10)) % users) : merchantAccount(1 + draw(500));
    records.setUint8(at + OP.kind, isTransfer ? OPERATION_KIND.transfer : OPERATION_KIND.pay);
    writeUint64(records, at + OP.account, payer);
    writeUint64(records, at + OP.counterparty, payee);
    writeUint64(records, at + OP.amount, 100 + draw(50_000));
  }
  return records;
}

interface Judging {
  readonly judge: (operation: DataView, at: number, nowMs: number) => number;
  readonly warm: (operations: DataView, count: number) => void;
}

/** The time that is told passes as in a drill: a round takes a minute. */
async function nsOf({ judge, warm }: Judging, records: DataView, round: number): Promise<number> {
  const start = process.cpuUsage();
  for (let frame = 0; frame < FRAMES; frame++) {
    const view = new DataView(
      records.buffer,
      frame * FRAME * OPERATION_BYTES,
      FRAME * OPERATION_BYTES,
    );
    const nowMs = (round + frame / FRAMES) * 60_000;
    warm(view, FRAME);
    for (let i = 0; i < FRAME; i++) judge(view, i * OPERATION_BYTES, nowMs);
    if (frame % FRAMES_A_TURN === 0) await turnOfLoop();
  }
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / (FRAMES * FRAME);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const rounds = Number(process.argv[2] ?? 7);
const file = (name: string): unknown => JSON.parse(readFileSync(join(POLICY, name), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'paydrill-in-line-'));
for (const users of USERS) {
  const population = { users, merchants: 500 };
  const policies = { 'rules and model': file('model.json'), 'rules alone': null };
  for (const [name, model] of Object.entries(policies)) {
    const records = operations(users);
    const agreed = agreedRisk(
      { schema: RISK_SCHEMA, rules: file('in-line-rules.json'), model, speed: DAY_MS / 60_000 },
      population,
    );
    const rules = (): RiskControl => new RiskControl(DEFAULT_RISK_LIMITS, users);
    const [off, beside] = [rules(), rules()];
    const line = new InLineRisk({
      ...{ agreed, population, turn: new Turn(), mutant: undefined },
      logPath: join(folder, `${users}-${name}`),
      rules: beside.check.bind(beside),
      log: (text) => console.error(text),
    });
    const warm = (operations: DataView, count: number): void => beside.warm(operations, count);
    const times = { off: [] as number[], on: [] as number[] };
    const from = Math.ceil(monotonicMs() / 60_000);
    for (let round = 0; round <= rounds; round++) {
      const judging = { judge: off.check.bind(off), warm: off.warm.bind(off) };
      times.off.push(await nsOf(judging, records, from + round));
      times.on.push(await nsOf({ judge: line.judge, warm }, records, from + round));
    }
    const [without, withIt] = [median(times.off.slice(1)), median(times.on.slice(1))];
    const ratios = times.on.map((on, i) => on / (times.off[i] ?? 1)).slice(1);
    const { decided, undecided, cut } = line.state;
    console.log(
      `${users} users, ${name}: ${withIt.toFixed(0)} ns of CPU an operation in line, ${without.toFixed(0)} by amount and velocity alone ` +
        `(${median(ratios).toFixed(1)} times); ${JSON.stringify(decided)}, undecided ${undecided}, cut ${cut}`,
    );
    line.close();
  }
}
rmSync(folder, { recursive: true, force: true });
