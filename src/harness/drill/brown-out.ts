/**
 * `options.ext.paydrill.brownOut`: what the gateway of the stack that a drill starts refuses first while much is in flight. What was agreed is
 * a law of the run, as if it lay in a folder of laws.
 */
import { kindNamed } from '../../products/kinds.js';
import { BROWN_OUT_LAW, type BrownOutStep, readBrownOut } from '../../wire/brown-out.js';
import { messageOf } from '../message-of.js';
import { ScriptConfigError } from '../options/errors.js';
import type { LawFile } from '../verify/user-laws.js';

/** `where` names the option in messages. Throws ScriptConfigError. */
export function brownOutSteps(value: unknown, where: string): readonly BrownOutStep[] {
  if (value === undefined) return [];
  try {
    const steps = readBrownOut(value, where);
    const names = steps.flatMap(({ kinds }) => kinds);
    for (const [at, name] of names.entries()) {
      if (kindNamed(name) === undefined) throw new Error(`${where}: there is no kind ${name}`);
      if (names.indexOf(name) < at) throw new Error(`${where}: ${name} is named twice`);
    }
    return steps;
  } catch (error) {
    throw new ScriptConfigError(messageOf(error));
  }
}

export function brownOutLaws(steps: readonly BrownOutStep[]): readonly LawFile[] {
  if (steps.length === 0) return [];
  const kinds = steps.flatMap((step) => step.kinds);
  const sql = `-- While too much was in flight nothing was refused as less important than what was agreed to be.
select id_hi, id_lo, 'was refused as less important than others, which a ' || kind || ' is not' as problem
from asked
where outcome = 'declined' and result = 'browned_out' and kind not in (${kinds.map((name) => `'${name}'`).join(', ')})
order by id_hi, id_lo
`;
  return [{ name: BROWN_OUT_LAW, sql }];
}
