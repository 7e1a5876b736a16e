/** Ends that k6 tells as errors, in its words: all but an orderly 1000 and 1001. */
import type { WebSocketEnd } from '../../ports/websocket.js';

const NORMAL_CLOSURE = 1000;
export const GOING_AWAY = 1001;
/** No closing frame came. */
export const ABNORMAL_CLOSURE = 1006;

/** RFC 6455, 7.4.1, and the registry of close codes. */
const MEANINGS: Readonly<Record<number, string>> = {
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no status',
  1006: 'abnormal closure',
  1007: 'invalid payload data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'mandatory extension missing',
  1011: 'internal server error',
  1015: 'TLS handshake error',
};

/** Undefined where there is nothing to tell. */
export function uncleanEnd({ code, reason, failure }: WebSocketEnd): string | undefined {
  if (failure !== undefined) return failure;
  if (code === NORMAL_CLOSURE || code === GOING_AWAY) return undefined;
  const meaning = MEANINGS[code];
  const why = reason === '' && code === ABNORMAL_CLOSURE ? 'unexpected EOF' : reason;
  return `websocket: close ${code}${meaning === undefined ? '' : ` (${meaning})`}${why === '' ? '' : `: ${why}`}`;
}
