/**
 * What people ask of your payment system, told as it is asked: `payments` keeps the journal, `http` does the work. An operation of which
 * nothing is said until its iteration ends is unknown; `attempt` asks again under the same id while nobody knows what came of it.
 */
import http from 'k6/http';
import { payments } from 'k6/x/pay';

export const options = {
  scenarios: {
    pay: {
      executor: 'constant-arrival-rate',
      rate: 50,
      duration: '20s',
      preAllocatedVUs: 20,
      maxVUs: 200,
      gracefulStop: '20s',
    },
  },
  thresholds: { pay_unknown: ['rate<0.001'], http_req_duration: ['p(99)<500'] },
};

export default function pay() {
  // Accounts by the names that your system has for them.
  const order = { from: 'alice', to: 'shop', amountMinor: 1 + Math.floor(Math.random() * 5_000) };
  const payment = payments.pay(order);
  // What is still unknown when the load is over and the faults are healed: 2xx, it is there; 404, it is not. Leave it out where nobody can ask.
  payment.lookUp(({ id }) => http.get(`${__ENV.BASE_URL}/payments/${id}`, { timeout: '3s' }));
  payment.attempt(({ id }) =>
    // 2xx is ok; 400, 402, 404, 409 and 422 are declined; whatever else is unknown. payments.settleBy() reads answers another way.
    http.post(`${__ENV.BASE_URL}/payments`, JSON.stringify({ id, ...order }), {
      headers: { 'content-type': 'application/json' },
      timeout: '3s',
    }),
  );
}
