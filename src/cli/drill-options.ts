/** Options that every command has that runs drills: one meaning, one reader each. */
import { Option } from 'commander';
import { SHARDS, WORKERS } from '../harness/drill/option-rules.js';
import { integer, positiveNumber } from './option-values.js';

export function peakOption(): Option {
  return new Option(
    '--peak <payments/s>',
    "payments a second at the peak (default: the script's)",
  ).argParser(positiveNumber);
}

export function durationScaleOption(): Option {
  return new Option('--duration-scale <x>', 'multiply every duration of the script by x')
    .argParser(positiveNumber)
    .default(1);
}

export function workersOption(): Option {
  return new Option('--workers <n>', 'load worker threads (default: by cores)').argParser(
    integer(WORKERS),
  );
}

export function shardsOption(): Option {
  return new Option('--shards <n>', 'ledger shards of the reference stack (default: 2)').argParser(
    integer(SHARDS),
  );
}
