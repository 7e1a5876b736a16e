/**
 * Groups of a script that handles promises itself: several may be open side by side, so which one something belongs to is the language
 * runtime's to say (async context), as with what fails an iteration (script-run.ts). Others have one group at a time.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { isThenable } from './script-values.js';

/** The VU. */
export interface ScopeOwner {
  /** Groups that are not over. */
  openScopes: number;
}

const SCOPES = new AsyncLocalStorage<{ readonly owner: ScopeOwner; readonly group: string }>();

/** Undefined outside of all groups of that VU. */
export function scopedGroup(owner: ScopeOwner): string | undefined {
  const scope = SCOPES.getStore();
  return scope?.owner === owner ? scope.group : undefined;
}

/** Whatever `body` begins is in the group; the group is over when what it returns is settled. */
export function inGroupScope(owner: ScopeOwner, group: string, body: () => unknown): unknown {
  const end = (): void => {
    owner.openScopes--;
  };
  owner.openScopes++;
  let result: unknown;
  try {
    result = SCOPES.run({ owner, group }, body);
  } catch (error) {
    end();
    throw error;
  }
  if (isThenable(result)) return Promise.resolve(result).finally(end);
  end();
  return result;
}
