/**
 * The risk engine that a script asks for: its rules, its model and its bounds are read and tried before anything starts, and become the one
 * value that the gateway is started with and the run folder keeps.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { agreedRisk, DEFAULT_BOUNDS, RISK_SCHEMA } from '../../risk/line/agreed-risk.js';
import { messageOf } from '../message-of.js';
import type { Population } from '../targets/stack-size.js';
import { UserError } from '../user-error.js';
import type { RiskOption } from './own-options.js';

/** As JSON. Throws UserError for files that cannot be read, do not compile, or name features that there are not. */
export function riskLineText(
  { bounds, model, rules }: RiskOption,
  script: { readonly path: string; readonly workingDirectory: string },
  population: Population,
): string {
  const folder = resolve(script.workingDirectory, dirname(script.path));
  const agreed = {
    schema: RISK_SCHEMA,
    ...{ rules: fileOf(folder, rules), model: model === undefined ? null : fileOf(folder, model) },
    ...{ ...DEFAULT_BOUNDS, ...bounds },
  };
  const files = model === undefined ? rules : `${rules}, ${model}`;
  return tried(agreed, `${script.path}: ${files}`, population);
}

/** As it was in another drill, whose run folder has `file`. Throws UserError. */
export function agreedBefore(file: string, population: Population): string {
  return tried(fileOf('', file), file, population);
}

function tried(agreed: unknown, where: string, population: Population): string {
  try {
    agreedRisk(agreed, population);
  } catch (cause) {
    throw new UserError(`${where}: ${messageOf(cause)}`, { cause });
  }
  return JSON.stringify(agreed);
}

function fileOf(folder: string, path: string): unknown {
  const file = resolve(folder, path);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new UserError(`${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
