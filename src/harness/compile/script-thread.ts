/**
 * What all virtual users of one thread share, put together: environment, console, open(), scenarios.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { format } from 'node:util';
import type { CustomMetrics } from '../options/metrics.js';
import type { LogLevel, VuHost } from '../ports/host.js';
import type { Tags } from '../ports/metrics.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import type { ScriptThread } from '../vu/virtual-user.js';
import type { CompiledScript } from './load.js';

export function scriptThread(parts: {
  readonly script: CompiledScript;
  readonly host: VuHost;
  readonly scenarios: readonly ScenarioPlan[];
  readonly metrics: CustomMetrics;
  readonly options?: unknown;
  readonly tags?: Tags;
  readonly setupJson?: string | undefined;
}): ScriptThread {
  const { source } = parts.script;
  const env = { ...source.env };
  return {
    host: parts.host,
    env,
    copyEnv: source.transformed.writesEnv,
    makesPromises: source.transformed.makesPromises,
    routineNames: new Set(source.transformed.routineNames),
    scenarios: parts.scenarios.map((plan) => ({ plan, env: { ...env, ...plan.env } })),
    options: parts.options,
    tags: parts.tags ?? {},
    setupJson: parts.setupJson,
    metrics: parts.metrics,
    console: scriptConsole(parts.host),
    shared: new Map(),
    open: fileReader(dirname(source.path)),
  };
}

function scriptConsole(host: VuHost): object {
  const at =
    (level: LogLevel) =>
    (...values: unknown[]): void =>
      host.log(level, format(...values));
  return Object.freeze({
    log: at('info'),
    info: at('info'),
    debug: at('debug'),
    warn: at('warn'),
    error: at('error'),
  });
}

/** Relative to the script's folder; each file is read once a thread. */
function fileReader(folder: string): ScriptThread['open'] {
  const files = new Map<string, Buffer>();
  return (path, mode) => {
    const absolute = resolve(folder, path);
    let bytes = files.get(absolute);
    if (bytes === undefined) {
      try {
        bytes = readFileSync(absolute);
      } catch (error) {
        throw new Error(
          `open(): cannot read ${path}: ${error instanceof Error ? error.message : ''}`,
          {
            cause: error,
          },
        );
      }
      files.set(absolute, bytes);
    }
    return mode === 'b' ? new Uint8Array(bytes).buffer : bytes.toString('utf8');
  };
}
