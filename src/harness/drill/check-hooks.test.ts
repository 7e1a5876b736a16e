import { describe, expect, it } from 'vitest';
import { checkedHooks } from './check-hooks.js';

/** As a program without types may hand it over. */
function check(hooks: object): () => void {
  return () => checkedHooks(hooks);
}

describe('the hooks of a drill', () => {
  it('that are nearly known are refused, and so are those that are no functions', () => {
    expect(check({ onPhaze() {} })).toThrow('onPhaze is not known; did you mean onPhase?');
    expect(check({ onTick: 'print' })).toThrow('onTick must be a function, got "print"');
    expect(check([])).toThrow('must be an object of functions, got []');
  });

  it('are told as methods of their object, which may hold more than them', () => {
    class Phases {
      readonly seen: string[] = [];
      onPhase(phase: string): void {
        this.seen.push(phase);
      }
    }
    const phases = new Phases();
    const hooks = checkedHooks(phases);
    hooks.onPhase('load');
    hooks.onNotice('nobody listens', 'info');
    expect(phases.seen).toEqual(['load']);
  });
});
