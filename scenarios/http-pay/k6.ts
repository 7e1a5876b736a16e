/**
 * The load for plain k6, against a stack that runs (`paydrill stack` says where):
 *
 *     k6 run -e PAY_URL=http://127.0.0.1:18080 scenarios/http-pay/k6.ts
 */
import { options, shop, type Teller, type Told } from './load.ts';

/** Nobody is told. */
const told: Told = { settle: () => undefined };

const teller: Teller<Told> = { url: () => __ENV.PAY_URL, pay: () => told, refund: () => told };

export { options };

export default function (): void {
  shop(teller);
}
