/**
 * What a decision's features cost: nanoseconds of CPU to judge a payment and count it, for parties at random and for a few that are
 * busier than the others, with the graph and without, in frames of 64 whose records are asked for together.
 *
 *   npm run bench fused-engine        (after a build: node dist/risk/engine/fused-engine.bench.js [events])
 */
import { EVENT_KIND, FusedEngine, type MoneyEvent } from './fused-engine.js';
import { HANDSET_BYTES } from './handsets.js';
import { PAIR_BYTES } from './pairs.js';
import { PARTY_BYTES } from './parties.js';

const FRAME = 64;
const BLANK: MoneyEvent = {
  ...{ kind: 0, from: 0, to: 0, device: 0, card: 0 },
  ...{ onCredit: false, yuan: 0, atS: 0 },
};
const USERS = [10_000, 1_000_000];
const TRANSFERS = 0.2;
const CREDIT = 0.29;

let random = 1;
function draw(below: number): number {
  random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
  return Math.floor((random / 2 ** 32) * below);
}

/** Low numbers are drawn more often. */
function uneven(below: number): number {
  return Math.floor((draw(below) * draw(below)) / below);
}

function next(event: MoneyEvent, users: number, atS: number): void {
  const from = 1 + draw(users);
  const isTransfer = draw(1000) < TRANSFERS * 1000;
  event.kind = isTransfer ? EVENT_KIND.transfer : EVENT_KIND.pay;
  event.from = from;
  event.to = isTransfer ? 1 + ((from + 1 + draw(10)) % users) : users + 1 + uneven(users / 50);
  event.device = from;
  event.onCredit = !isTransfer && draw(100) < CREDIT * 100;
  event.yuan = 1 + draw(500);
  event.atS = atS;
}

const events = Number(process.argv[2] ?? 2_000_000);
for (const users of USERS) {
  for (const graph of [false, true]) {
    const engine = new FusedEngine({
      users,
      merchants: users / 50,
      handsetsMax: users,
      pairsMax: 4_000_000,
      graph,
    });
    const frame = Array.from({ length: FRAME }, () => ({ ...BLANK }));
    let making = process.cpuUsage();
    for (let i = 0; i < events; i++) next(frame[i % FRAME], users, i);
    making = process.cpuUsage(making);
    let judging = process.cpuUsage();
    for (let i = 0; i < events; i += FRAME) {
      for (const event of frame) next(event, users, Math.floor((i * 86_400) / events));
      engine.warm(frame);
      for (const event of frame) {
        engine.judge(event);
        engine.apply(event);
      }
    }
    judging = process.cpuUsage(judging);
    const us = judging.user + judging.system - making.user - making.system;
    console.log(
      `${users} users, ${graph ? 'features and graph' : 'features alone'}: ${((us * 1000) / events).toFixed(0)} ns of CPU a decision; ` +
        `walks ${((100 * engine.walks) / events).toFixed(1)} %, cut ${engine.cuts}, pairs evicted ${engine.pairs.evicted}`,
    );
  }
}
console.log(
  `${PARTY_BYTES} bytes a user or merchant, ${PAIR_BYTES} a pair, ${HANDSET_BYTES} a device or card`,
);
