/** Says whether two drills ran the same script: the hash of what runs, bundled with all that it imports. */
import { createHash } from 'node:crypto';
import type { ScriptSource } from '../compile/compiled-script.js';

export function scriptSha256({ transformed }: ScriptSource): string {
  return createHash('sha256').update(transformed.code).digest('hex');
}
