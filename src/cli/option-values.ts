/**
 * Readers for option values: text in, checked value out. What they refuse becomes one line that names the
 * option, and exit code 104.
 */

import { InvalidArgumentError } from 'commander';
import {
  isPositive,
  isVariableName,
  isWholeIn,
  type WholeRange,
} from '../harness/drill/option-rules.js';
import { TARGET_WORDS } from '../harness/drill/option-table.js';
import { messageOf } from '../harness/message-of.js';
import { parseDurationUs } from '../harness/options/duration.js';
import { parseSecretSource, SECRET_SOURCE_KINDS } from '../harness/options/secret-source.js';
import { parseOutput } from '../harness/outputs/output-spec.js';
import { isTargetFile } from '../harness/targets/file/is-target-file.js';
import {
  formatTargetAddress,
  isLoopback,
  parseAddress,
  parseTargetAddress,
} from '../wire/address.js';
import { type BrownOutStep, readBrownOut } from '../wire/brown-out.js';
import { isMutant, type Mutant } from '../wire/mutants.js';

/** Steps of a brown-out as JSON, as a drill hands them to its gateway. */
export function brownOutSteps(text: string): readonly BrownOutStep[] {
  try {
    return readBrownOut(JSON.parse(text), 'It');
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !isPositive(value)) {
    throw new InvalidArgumentError('It must be a number above 0.');
  }
  return value;
}

/** A reader for integers from `min` to `max`. */
export function integer(range: WholeRange) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^[0-9]+$/.test(text) || !isWholeIn(range, value)) {
      throw new InvalidArgumentError(`It must be an integer from ${range.min} to ${range.max}.`);
    }
    return value;
  };
}

/** A reader for durations as scripts write them: `10s`, `1m30s`, `500ms`; a bare number is milliseconds. */
export function durationMs({ leastMs }: { readonly leastMs: number }) {
  return (text: string): number => {
    const us = parseDurationUs(text);
    if (us === undefined || us < leastMs * 1000) {
      const least = leastMs > 0 ? ` of at least ${leastMs / 1000}s` : '';
      throw new InvalidArgumentError(`It must be a duration${least}, such as 10s or 1m30s.`);
    }
    return us / 1000;
  };
}

/** `5%` or `0.05`, above nothing and at most all of it; comes back as a share. */
export function percentage(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(text);
  const share = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  if (share > 0 && share <= 1) return share;
  throw new InvalidArgumentError(
    'It must be a share above 0, such as 5% or 0.05, and at most 100%.',
  );
}

export function mutantName(text: string): Mutant {
  if (!isMutant(text)) {
    throw new InvalidArgumentError("There is no such mutant; 'paydrill mutants' lists them.");
  }
  return text;
}

/** An address to listen on: loopback only, because no server here asks who is calling. */
export function listenAddress(text: string): string {
  const address = parseAddress(text);
  if (!address) throw new InvalidArgumentError('It must be host:port; port 0 takes a free one.');
  if (!isLoopback(address.host)) {
    throw new InvalidArgumentError('It must be a loopback address: 127.0.0.1, [::1] or localhost.');
  }
  return text;
}

/** An address somebody serves already. */
export function serverAddress(text: string): string {
  const address = parseAddress(text);
  if (!address || address.port === 0) throw new InvalidArgumentError('It must be host:port.');
  return text;
}

/** `auto`, `reference`, `none`, `host:port` of a Bolt port, or `http://host[:port]`, which comes back with its port and no slash. */
export function targetName(text: string): string {
  if (TARGET_WORDS.includes(text) || isTargetFile(text)) return text;
  const address = parseTargetAddress(text);
  if (address !== undefined) return formatTargetAddress(address);
  throw new InvalidArgumentError(
    text.includes('://')
      ? 'Of URLs only http://host:port is driven, without TLS or a path.'
      : "It must be 'reference', 'none', host:port of a gateway, http://host:port of its HTTP API, or the path of a target file.",
  );
}

/** Collects `-e NAME=value`; without `=` the value is empty, as in k6. A later one replaces an earlier. */
export function envVariable(
  text: string,
  previous: Readonly<Record<string, string>>,
): Record<string, string> {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  if (!isVariableName(name)) {
    throw new InvalidArgumentError('It must be NAME=value.');
  }
  return { ...previous, [name]: at < 0 ? '' : text.slice(at + 1) };
}

/** What was asked for with `--out`: one folder at most, and any outputs. */
export interface Outs {
  readonly folder?: string;
  readonly outputs: readonly string[];
}

export function outValue(typed: string, previous: Outs): Outs {
  const address = process.env.K6_PROMETHEUS_RW_SERVER_URL;
  const isLeftOpen = typed === 'experimental-prometheus-rw' && address;
  const text = isLeftOpen ? `${typed}=${address}` : typed;
  if (parseOutput(text) !== undefined) return { ...previous, outputs: [...previous.outputs, text] };
  if (previous.folder === undefined) return { ...previous, folder: text };
  throw new InvalidArgumentError(
    `A drill has one run folder: ${previous.folder} is named already.`,
  );
}

export function collect(text: string, previous: readonly string[]): string[] {
  return [...previous, text];
}

/** What is no source is not repeated: it may be half of a secret. */
export function secretSource(text: string, previous: readonly string[]): readonly string[] {
  if (parseSecretSource(text) !== undefined) return [...previous, text];
  throw new InvalidArgumentError(
    `It must be ${Object.values(SECRET_SOURCE_KINDS).join(' or ')}; there are no sources of another kind.`,
  );
}

export function trueOrFalse(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('It must be true or false.');
}
