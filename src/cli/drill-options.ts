/** Options that every command has that runs drills: one meaning, one reader each. */
import { Option } from 'commander';
import { SHARDS, WORKERS } from '../harness/drill/option-rules.js';
import { SECRET_SOURCE_KINDS } from '../harness/options/secret-source.js';
import { integer, positiveNumber, secretSource } from './option-values.js';

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

export function allowLittleDiskOption(): Option {
  return new Option(
    '--allow-little-disk',
    'begin also where the disk has less room than the plan needs; the load ends before it is full',
  ).default(false);
}

export function shardsOption(): Option {
  return new Option('--shards <n>', 'ledger shards of the reference stack (default: 2)').argParser(
    integer(SHARDS),
  );
}

export function segmentOption(): Option {
  return new Option(
    '--execution-segment <from:to>',
    'run the part of the whole from one place to another, as 1/4:1/2; other instances run the rest',
  );
}

export function segmentSequenceOption(): Option {
  return new Option(
    '--execution-segment-sequence <places>',
    'the places at which the parts of all instances meet, as 0,1/4,1/2,1',
  );
}

export function secretSourceOption(): Option {
  return new Option(
    '--secret-source <source>',
    `where secrets of the script come from, told nowhere: ${Object.values(SECRET_SOURCE_KINDS).join(', ')}; repeatable`,
  )
    .argParser(secretSource)
    .default([]);
}

export function offlineOption(): Option {
  return new Option(
    '--offline',
    'fetch no module that the script imports from the web: only what --modules or the cache holds',
  ).default(false);
}

export function productsOption(): Option {
  return new Option(
    '--products <folder>',
    'products of your own: each file in it is one; the script, or --product, names those that the stack offers',
  );
}

export function modulesOption(): Option {
  return new Option(
    '--modules <folder>',
    'folder of modules from the web, each at host/path of its address',
  );
}
