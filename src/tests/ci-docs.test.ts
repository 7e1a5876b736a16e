/** docs/ci.md: what a reader would copy can be read by whom it is for, and every command in it is one that there is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { parsedCommand } from './testing/parsed-command.js';

const TEXT = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'ci.md'), 'utf8');

interface Block {
  readonly language: string;
  readonly code: string;
}

const BLOCKS: readonly Block[] = [...TEXT.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(
  ([, language = '', code = '']) => ({ language, code }),
);

function yamlOf(title: string): unknown {
  const block = BLOCKS.find(({ code }) => code.startsWith(`# ${title}`));
  if (block === undefined) throw new Error(`no ${title} in docs/ci.md`);
  const document = parseDocument(block.code, { strict: true });
  expect([...document.errors, ...document.warnings]).toEqual([]);
  return document.toJS();
}

/** Of every block, a line that was continued as one. */
const COMMANDS = BLOCKS.flatMap(({ code }) =>
  [...code.replaceAll(/\\\n\s*/g, '').matchAll(/npx paydrill ([^\n]*)/g)].map(([, words = '']) =>
    words
      .replace(/(;| > |').*$/, (rest) =>
        rest.startsWith("'") && !isClosing(words, rest) ? rest : '',
      )
      .trim(),
  ),
);

/** The quote that ends a `sh '...'`, and none that begins a word. */
function isClosing(words: string, rest: string): boolean {
  return (words.match(/'/g)?.length ?? 0) % 2 === 1 && rest === "'";
}

/** As a shell splits them, as far as these examples go: `i` counts from 1. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) =>
    (single ?? double ?? bare ?? '').replaceAll('$i', '1'),
  );
}

describe('docs/ci.md', () => {
  it('has a workflow of GitHub Actions whose jobs have steps that do something', () => {
    const workflow = yamlOf('.github/workflows/paydrill.yml');
    expect(workflow).toMatchObject({
      on: { pull_request: null },
      jobs: { ledger: { 'runs-on': 'ubuntu-latest' }, slower: { 'runs-on': 'ubuntu-latest' } },
    });
    for (const { steps } of Object.values((workflow as Workflow).jobs))
      for (const step of steps)
        expect(Object.keys(step)).toContainEqual(expect.stringMatching(/^(run|uses)$/));
  });

  it('has a pipeline of GitLab CI whose jobs are in its stages, and whose reports are files that they write', () => {
    const pipeline = yamlOf('.gitlab-ci.yml') as Pipeline;
    for (const job of [pipeline.ledger, pipeline.slower]) {
      expect(pipeline.stages).toContain(job.stage);
      expect(job.script.every((line) => typeof line === 'string')).toBe(true);
      const report = job.artifacts.reports.junit;
      const folder = report.replace('/junit.xml', '');
      expect(job.script.some((line) => line.includes(folder))).toBe(true);
    }
  });

  it('has a Jenkinsfile whose braces and quotes are closed', () => {
    const code = BLOCKS.find(({ language }) => language === 'groovy')?.code ?? '';
    const bare = code.replaceAll(/'[^'\n]*'/g, '').replaceAll(/\/\/.*$/gm, '');
    expect(bare).not.toContain("'");
    expect(bare.match(/\{/g)?.length).toBe(bare.match(/\}/g)?.length);
    expect(code).toMatch(/junit 'reports\/\*\/junit\.xml'/);
  });

  it.each(COMMANDS)('has a command that there is: paydrill %s', async (line) => {
    expect(await parsedCommand(wordsOf(line))).toMatch(/^(run|ab|compare|save|capacity)$/);
  });

  it('shows each way', () => {
    const names = new Set(COMMANDS.map((line) => line.split(' ')[0]));
    expect([...names].sort()).toEqual(['ab', 'baseline', 'capacity', 'compare', 'run']);
  });
});

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly object[] }>>;
}

interface Job {
  readonly stage: string;
  readonly script: readonly string[];
  readonly artifacts: { readonly reports: { readonly junit: string } };
}

interface Pipeline {
  readonly stages: readonly string[];
  readonly ledger: Job;
  readonly slower: Job;
}
