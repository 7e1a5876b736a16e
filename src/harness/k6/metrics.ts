/**
 * The module `k6/metrics`: Counter, Gauge, Rate and Trend, to be made in init code.
 */
import type { MetricDefinition, MetricKind } from '../ports/metrics.js';
import { instantiatingVu } from '../vu/init-code.js';
import { textTags } from '../vu/script-values.js';
import type { Vu } from '../vu/virtual-user.js';
import type { ModuleApi } from './module-api.js';

export const metricsApi: ModuleApi = {
  exports: { Counter: 'plain', Gauge: 'plain', Rate: 'plain', Trend: 'plain' },
  create: () => MODULE,
};

class ScriptMetric {
  readonly name: string;
  readonly #vu: Vu;
  readonly #definition: MetricDefinition;

  constructor(kind: MetricKind, name: string, isTime: boolean) {
    const vu = instantiatingVu();
    if (vu === undefined)
      throw new Error(`metric "${name}" must be made in init code: at the top level of the script`);
    this.#vu = vu;
    this.#definition = vu.thread.metrics.define({ name: String(name), kind, isTime });
    this.name = this.#definition.name;
  }

  /** Numbers and booleans; anything else is refused with a warning, as k6 does. */
  add(value: unknown, tags?: unknown): boolean {
    const vu = this.#vu;
    const number = Number(value);
    if (Number.isNaN(number) || value === null) {
      vu.thread.host.log(
        'warn',
        `metric "${this.name}": ${String(value)} is not a number; not added`,
      );
      return false;
    }
    const sample = this.#definition.kind === 'rate' ? Number(number !== 0) : number;
    vu.thread.host.metrics.add(this.#definition, sample, textTags(tags), vu);
    return true;
  }
}

class Counter extends ScriptMetric {
  constructor(name: string, isTime = false) {
    super('counter', name, isTime);
  }
}

class Gauge extends ScriptMetric {
  constructor(name: string, isTime = false) {
    super('gauge', name, isTime);
  }
}

class Rate extends ScriptMetric {
  constructor(name: string, isTime = false) {
    super('rate', name, isTime);
  }
}

class Trend extends ScriptMetric {
  constructor(name: string, isTime = false) {
    super('trend', name, isTime);
  }
}

/** It keeps nothing per VU, so one serves all. */
const MODULE = {
  Counter,
  Gauge,
  Rate,
  Trend,
  get default(): object {
    return MODULE;
  },
};
