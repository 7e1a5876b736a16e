/** The two questions a drill has for a gateway, asked over Bolt or over HTTP: what stands behind it, what it does now. */
import { get } from 'node:http';
import { askAdmin, jsonFields } from './admin-client.js';

type Fields = Readonly<Record<string, unknown>>;

export interface GatewayFront {
  /** As the command line names it. */
  readonly name: string;
  /** `host:port` */
  readonly address: string;
  /** The fields of Topology and GatewayStats of wire/admin.ts. Reject with `does not answer` where nobody does. */
  topology(): Promise<Fields>;
  stats(): Promise<Fields>;
}

const HTTP = 'http://';
const TIMEOUT_MS = 3_000;
const ANSWER_BYTES_MAX = 2 ** 20;

/** `target`: `host:port` of a Bolt port, or `http://host:port`. */
export function gatewayFront(target: string): GatewayFront {
  if (!target.startsWith(HTTP)) {
    return {
      name: target,
      address: target,
      topology: () => askAdmin(target, { op: 'topology' }),
      stats: () => askAdmin(target, { op: 'stats' }),
    };
  }
  return {
    name: target,
    address: target.slice(HTTP.length),
    topology: () => askHttp(target, '/v1/topology'),
    stats: () => askHttp(target, '/v1/stats'),
  };
}

/** With node:http, because fetch refuses some ports. */
function askHttp(target: string, path: string): Promise<Fields> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      request.destroy();
      reject(new Error(`${target} does not answer GET ${path}: ${reason}`));
    };
    const request = get(target + path, { agent: false, timeout: TIMEOUT_MS }, (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        parts.push(part);
        if (bytes > ANSWER_BYTES_MAX) fail(`the answer is longer than ${ANSWER_BYTES_MAX} bytes`);
      });
      response.on('error', (error) => fail(error.message));
      response.on('end', () => {
        const answer = jsonFields(Buffer.concat(parts).toString('utf8'));
        if (response.statusCode !== 200) fail(`status ${response.statusCode}`);
        else if (answer === undefined) fail('the answer is not a JSON object');
        else resolve(answer);
      });
    });
    request.on('timeout', () => fail(`nothing within ${TIMEOUT_MS} ms`));
    request.on('error', (error) => fail(error.message));
  });
}
