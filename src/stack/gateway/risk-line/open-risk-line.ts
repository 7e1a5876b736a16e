/** The risk engine that was asked for. The gateway loads this where one is: it brings an expression language and a model with it. */
import { kindFlags } from '../../../products/kinds.js';
import { agreedRisk } from '../../../risk/line/agreed-risk.js';
import { SEEN } from '../../../risk/line/moves.js';
import { type InLineOptions, InLineRisk } from './in-line-risk.js';

export interface OpenRiskLine {
  readonly engine: InLineRisk;
  /** By kind: it is told of an operation once, whatever its kind: a void is not asked about first, and counts for nothing. */
  readonly judgesOnce: Uint8Array;
}

/** `agreed` as it was handed over. Throws one line where it cannot be. */
export function openRiskLine(
  options: Omit<InLineOptions, 'agreed'> & { readonly agreed: unknown },
): OpenRiskLine {
  const agreed = agreedRisk(options.agreed, options.population);
  return { engine: new InLineRisk({ ...options, agreed }), judgesOnce: COUNTED_ONCE };
}

const COUNTED_ONCE = kindFlags(
  ({ number, effect }) => SEEN[number] === 1 && effect !== 'frees-reserved',
);
