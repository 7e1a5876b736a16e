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
import {
  formatTargetAddress,
  isLoopback,
  parseAddress,
  parseTargetAddress,
} from '../wire/address.js';
import { isMutant, type Mutant } from '../wire/mutants.js';

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

/** `reference`, `host:port` of a Bolt port, or `http://host[:port]`, which comes back with its port and no slash. */
export function targetName(text: string): string {
  if (text === 'reference') return text;
  const address = parseTargetAddress(text);
  if (address !== undefined) return formatTargetAddress(address);
  throw new InvalidArgumentError(
    text.includes('://')
      ? 'Of URLs only http://host:port is driven, without TLS or a path.'
      : "It must be 'reference', host:port of a gateway, or http://host:port of its HTTP API.",
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

export function collect(text: string, previous: readonly string[]): string[] {
  return [...previous, text];
}
