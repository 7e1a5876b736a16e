/** How far a decline is definite, by its code. */
import { RESULTS, resultName, resultScope } from '../../../wire/results.js';

export const SCOPE = { operation: 1, attempt: 2, otherBody: 4 } as const;

/** By code. */
export const DECLINE_SCOPES = new Uint8Array(65_536);
for (const { code } of Object.values(RESULTS)) {
  const scope = resultScope(code);
  if (resultName(code)?.startsWith('exists_with_different') === true)
    DECLINE_SCOPES[code] = SCOPE.otherBody;
  else if (scope === 'operation' || scope === 'attempt') DECLINE_SCOPES[code] = SCOPE[scope];
}
