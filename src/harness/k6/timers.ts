/**
 * The module `k6/timers`: the same as the globals.
 */
import type { Vu } from '../vu/virtual-user.js';
import type { ModuleApi } from './module-api.js';

export const timersApi: ModuleApi = {
  exports: {
    setTimeout: 'plain',
    clearTimeout: 'plain',
    setInterval: 'plain',
    clearInterval: 'plain',
  },
  callsLater: true,
  create: (vu) => timersOf(vu),
};

type Callback = (...args: unknown[]) => unknown;

function timersOf(vu: Vu): object {
  const module = {
    setTimeout: (callback: Callback, delayMs?: number, ...args: unknown[]): number =>
      vu.timers.setTimeout(callback, delayMs, ...args),
    clearTimeout: (id: number): void => vu.timers.clear(id),
    setInterval: (callback: Callback, delayMs?: number, ...args: unknown[]): number =>
      vu.timers.setInterval(callback, delayMs, ...args),
    clearInterval: (id: number): void => vu.timers.clear(id),
    get default(): object {
      return module;
    },
  };
  return module;
}
