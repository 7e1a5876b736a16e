/**
 * Asks one JSON question of one process of a stack (wire/admin.ts), on a connection of its own. For questions
 * asked a few times a drill.
 */
import { connect } from 'node:net';
import { addressOf } from '../../wire/address.js';
import type { GatewayRequest, ShardRequest } from '../../wire/admin.js';
import {
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_STATUS,
  BOLT_TYPE,
  BoltReader,
  encodeBoltFrame,
} from '../../wire/bolt.js';
import { messageOf } from '../message-of.js';

const TIMEOUT_MS = 3_000;

/** The fields of the answer. Rejects when nobody answers in time, and with the words of a refusal. */
export function askAdmin(
  address: string,
  request: ShardRequest | GatewayRequest,
): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      socket.destroy();
      reject(new Error(`${address} does not answer ${request.op}: ${reason}`));
    };
    const socket = connect({ ...addressOf(address), noDelay: true, timeout: TIMEOUT_MS });
    const reader = new BoltReader((frame) => {
      const answer = jsonFields(Buffer.from(frame.content).toString('utf8'));
      if (answer === undefined) return fail('the answer is not a JSON object');
      if (frame.status !== BOLT_STATUS.success) return fail(String(answer.error));
      socket.destroy();
      resolve(answer);
    });
    socket.on('timeout', () => fail(`nothing within ${TIMEOUT_MS} ms`));
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => fail('the connection was closed'));
    socket.on('data', (chunk) => {
      if (chunk.subarray(0, 5).toString('latin1') === 'HTTP/')
        return fail(`it speaks HTTP: name it as http://${address}`);
      try {
        reader.push(chunk);
      } catch (error) {
        fail(messageOf(error)); // it speaks something else
      }
    });
    socket.write(
      encodeBoltFrame(
        {
          type: BOLT_TYPE.request,
          command: BOLT_COMMAND.request,
          requestId: 1,
          codec: BOLT_CODEC.json,
          timeoutMs: TIMEOUT_MS,
          className: BOLT_CLASS.admin,
        },
        Buffer.from(JSON.stringify(request)),
      ),
    );
  });
}

/** The fields of a JSON object; undefined for any other text. */
export function jsonFields(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.fromEntries(Object.entries(value));
  } catch {
    return undefined; // not JSON: the caller says so
  }
}

/** A number of an answer; throws where there is none. */
export function numberOf(answer: Readonly<Record<string, unknown>>, field: string): number {
  const value = answer[field];
  if (typeof value !== 'number') throw new Error(`the answer has no number "${field}"`);
  return value;
}
