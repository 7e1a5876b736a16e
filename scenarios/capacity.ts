/**
 * How many payments a second does the stack carry? Payments alone, up a ramp to a rate that may be more than it can
 * take, and on at that rate: what is acknowledged at the end of the ramp is the answer, and the late starts and dropped
 * iterations say by how much it was passed.
 *
 *   paydrill run scenarios/capacity.ts -e RATE=160000 --faults none
 */
import type { Options } from 'k6/options';
import { festival, pay } from 'k6/x/pay';

/** Payments a second at the end of the ramp. */
const RATE = Number(__ENV.RATE ?? 100_000);
/** Payments that may be under way at once. */
const VUS = Number(__ENV.VUS ?? 10_000);

const crowd = festival({
  users: 1_000_000,
  merchants: 20_000,
  zipfExponent: 1,
  maxMinor: 2_000_000,
});

export const options: Options = {
  scenarios: {
    plateau: {
      executor: 'ramping-arrival-rate',
      exec: 'buy',
      startRate: 1_000,
      stages: [
        { target: RATE, duration: '4s' },
        { target: RATE, duration: '16s' },
      ],
      preAllocatedVUs: VUS,
      maxVUs: VUS,
      gracefulStop: '5s',
    },
  },
};

export function buy(): void {
  pay({ payer: crowd.payer(), merchant: crowd.merchant(), amountMinor: crowd.amountMinor() });
}
