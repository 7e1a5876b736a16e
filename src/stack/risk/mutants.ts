/** Planted bugs of risk control: other limits than those that were agreed. */
import type { Mutant } from '../../wire/mutants.js';
import { DEFAULT_RISK_LIMITS, type RiskLimits } from './risk-control.js';

const FEN_A_YUAN = 100;

/** Undefined: the agreed ones. */
export function limitsBug(mutant: Mutant | undefined): RiskLimits | undefined {
  switch (mutant) {
    case 'risk-limit-in-yuan':
      return {
        amountMinorMax: DEFAULT_RISK_LIMITS.amountMinorMax / FEN_A_YUAN,
        velocity: DEFAULT_RISK_LIMITS.velocity.map((limit) => ({
          ...limit,
          amountMinorMax: limit.amountMinorMax / FEN_A_YUAN,
        })),
      };
    case 'velocity-never-counts':
      return { ...DEFAULT_RISK_LIMITS, velocity: [] };
    case 'skip-risk-check':
      return { amountMinorMax: Number.MAX_SAFE_INTEGER, velocity: [] };
    default:
      return undefined;
  }
}
