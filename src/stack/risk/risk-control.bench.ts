/**
 * What risk control costs a payment: nanoseconds of CPU for a judgement, payers at random, in frames of 64 operations whose records
 * are asked for together as the gateway does.
 *
 *   npm run bench risk-control        (after a build: node dist/stack/risk/risk-control.bench.js [rounds])
 */
import { writeUint64 } from '../../wire/bytes.js';
import { OP, OPERATION_BYTES, OPERATION_KIND } from '../../wire/operations.js';
import { DEFAULT_RISK_LIMITS, RiskControl } from './risk-control.js';

const FRAME = 64;
const FRAMES = 1 << 13;
const PAYERS = [10_000, 1_000_000];

function frames(payers: number): DataView {
  const records = new DataView(new ArrayBuffer(FRAMES * FRAME * OPERATION_BYTES));
  let random = 1;
  for (let at = 0; at < records.byteLength; at += OPERATION_BYTES) {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    records.setUint8(at + OP.kind, OPERATION_KIND.pay);
    writeUint64(records, at + OP.account, 1 + Math.floor((random / 2 ** 32) * payers));
    writeUint64(records, at + OP.amount, 1000);
  }
  return records;
}

/** Every 8,192 frames are a minute of the payers' time. */
function nsPerOperation(risk: RiskControl, records: DataView, round: number): number {
  const start = process.cpuUsage();
  for (let frame = 0; frame < FRAMES; frame++) {
    const first = frame * FRAME * OPERATION_BYTES;
    const nowMs = (round + frame / FRAMES) * 60_000;
    const view = new DataView(records.buffer, first, FRAME * OPERATION_BYTES);
    risk.warm(view, FRAME);
    for (let i = 0; i < FRAME; i++) risk.check(view, i * OPERATION_BYTES, nowMs);
  }
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / (FRAMES * FRAME);
}

const rounds = Number(process.argv[2] ?? 9);
for (const payers of PAYERS) {
  const records = frames(payers);
  const risk = new RiskControl(DEFAULT_RISK_LIMITS, payers);
  const times = Array.from({ length: rounds }, (_, round) => nsPerOperation(risk, records, round));
  const sorted = times.slice(1).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(
    `${payers} payers: ${median.toFixed(0)} ns of CPU a judgement (${sorted[0].toFixed(0)} to ${sorted.at(-1)?.toFixed(0)})`,
  );
}
