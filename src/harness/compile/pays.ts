/** Whether a script asks the target to pay. One that carries its operations out itself (`payments` of k6/x/pay) does not. */
import { k6Module } from '../k6/modules.js';
import type { ScriptSource } from './compiled-script.js';

export const PAY_MODULE = 'k6/x/pay';

export function pays({ transformed }: Pick<ScriptSource, 'transformed'>): boolean {
  const imports = transformed.imports[PAY_MODULE] ?? [];
  return imports.some((name) => name === '*' || name === 'default' || ASKS.has(name));
}

/** Whether it asks for payments at all, or tells of those that it makes itself. */
export function tellsPayments({ transformed }: Pick<ScriptSource, 'transformed'>): boolean {
  return transformed.imports[PAY_MODULE] !== undefined;
}

/** They wait for the target's answer. */
const ASKS = new Set(
  Object.entries(k6Module(PAY_MODULE)?.exports ?? {}).flatMap(([name, kind]) =>
    kind === 'promise' || kind === 'operations' ? [name] : [],
  ),
);
