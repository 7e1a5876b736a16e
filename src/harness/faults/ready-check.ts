/** Whether somebody's program is ready, by what can be seen from outside. */
import { connect } from 'node:net';
import { addressOf } from '../../wire/address.js';
import { runCommand } from './run-command.js';

/** One of them: something listens there; a GET answers 2xx; a line of its output holds the text; a command ends with 0. */
export type ReadyCheck =
  | { readonly port: string }
  | { readonly url: string }
  | { readonly line: string }
  | { readonly command: readonly string[] };

const LOOK_MS_MAX = 2_000;

/** `lines`: what it printed so far. Never rejects. */
export async function isReady(check: ReadyCheck, lines: readonly string[]): Promise<boolean> {
  if ('line' in check) return lines.some((line) => line.includes(check.line));
  if ('port' in check) return listens(check.port);
  try {
    if ('command' in check) await runCommand(check.command, { folder: '.', msMax: LOOK_MS_MAX });
    else if (!(await answers(check.url))) return false;
    return true;
  } catch {
    return false; // not yet
  }
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(LOOK_MS_MAX) });
  await answer.body?.cancel();
  return answer.ok;
}

/** Whether somebody takes a connection there. */
export function listens(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...addressOf(address), timeout: LOOK_MS_MAX });
    const end = (is: boolean) => (): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false));
  });
}
