/** Duration and response time of HTTP requests: what the generator was late counts in one of them alone. */
import { expect, test } from 'vitest';
import type { Plan } from '../options/plan.js';
import type { HttpSample } from '../ports/http.js';
import { constantArrivalRate } from '../schedule/executors/constant-arrival-rate.js';
import { sharedIterations } from '../schedule/executors/shared-iterations.js';
import { HttpMeter } from './http-meter.js';

const [OPEN, CLOSED] = [0, 1];

function meter(): HttpMeter {
  const scenario = (index: number, name: string) => ({ index, executor: { name }, tags: {} });
  const scenarios = [
    scenario(OPEN, constantArrivalRate.name),
    scenario(CLOSED, sharedIterations.name),
  ] as unknown as Plan['scenarios'];
  return new HttpMeter({ plan: { scenarios, tags: {} }, subMetrics: [] });
}

const sample = (lateUs: number): HttpSample => ({
  timings: {
    blockedUs: 100,
    connectingUs: 200,
    tlsUs: 300,
    sendingUs: 10,
    waitingUs: 70,
    receivingUs: 20,
  },
  lateUs,
  bytesSent: 1,
  bytesReceived: 1,
  isExpected: true,
  tags: () => ({}),
});

const from = (scenario: number) => ({ scenario, group: '', tags: undefined });

test('of an arrival rate the response time runs from the intended start', () => {
  const all = meter();
  all.request(sample(0), from(OPEN));
  all.request(sample(40_000), from(OPEN));
  const { http_req_duration: duration, http_req_response_time: response } = all.snapshot();
  expect(duration).toMatchObject({ count: 2, sum: 0.2 });
  expect(response).toMatchObject({ count: 2, sum: 41.4 });
});

test('of a closed loop there is none', () => {
  const all = meter();
  all.request(sample(0), from(CLOSED));
  expect(Object.keys(all.snapshot())).not.toContain('http_req_response_time');
  all.request(sample(7), from(OPEN));
  expect(all.snapshot().http_req_response_time).toMatchObject({ count: 1 });
});
