/** The ways to a target of a virtual user that has none: whoever takes one is told why there is none. */
import { CHANNEL } from '../../wire/operations.js';
import type { VuHost } from '../ports/host.js';
import type { HttpOptions } from '../ports/http.js';

/** `refuse` throws. */
export function noTarget(
  refuse: () => never,
  options: HttpOptions,
): Pick<VuHost, 'pay' | 'told' | 'lists' | 'http' | 'grpc' | 'sql' | 'sockets' | 'metrics'> {
  return {
    pay: { submit: refuse },
    told: {
      channel: CHANNEL.other,
      targetUrl: undefined,
      urlsOver: {},
      begin: refuse,
      retryMs: refuse,
      again: refuse,
      end: refuse,
      endRead: refuse,
      lookUpBy: refuse,
      asksAgain: false,
      beginRepeat: refuse,
      endRepeat: refuse,
      accountNumber: refuse,
    },
    lists: { claim: () => undefined, begin: refuse },
    http: { options, newClient: refuse },
    grpc: { connect: refuse },
    sql: { connect: refuse, retryMs: refuse },
    sockets: { open: refuse },
    metrics: { add: () => undefined, check: () => undefined },
  };
}
