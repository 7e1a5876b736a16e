/**
 * The same load as a drill: what it asks and what is answered goes to the journal, and the books are judged by it.
 *
 *     paydrill run scenarios/http-pay/drill.ts --target reference
 */
import { type PaymentOperation, payments } from 'k6/x/pay';
import { options, shop, type Teller } from './load.ts';

const teller: Teller<PaymentOperation> = {
  // Through the link that faults break, unless one is named.
  url: () => __ENV.PAY_URL ?? payments.url,
  pay: (order) => payments.pay(order),
  refund: (order) => payments.refund(order),
};

export { options };

export default function (): void {
  shop(teller);
}
