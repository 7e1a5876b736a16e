/** The docs say what the code does: generated tables are fresh, fields are explained, rooms are on the map. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOCS, withTables } from '../cli/doc-tables.js';
import { PAUSED, sampleMetrics, VALID } from '../harness/report/testing/sample-run.js';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the docs', () => {
  it.each(DOCS)('%s has fresh tables (npm run docs)', (doc) => {
    const text = read(doc);
    expect(withTables(text)).toBe(text);
  });

  it('point only to files that are there', () => {
    for (const doc of [...DOCS, 'CONTRIBUTING.md']) {
      for (const [, path = ''] of read(doc).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        expect(existsSync(join(ROOT, doc, '..', path)), `${doc}: ${path}`).toBe(true);
      }
    }
  });

  it('explain every field of summary.json and metrics.json', () => {
    const text = read('reports/README.md');
    const fields = [
      ...Object.keys(VALID),
      ...[VALID.run, VALID.operations, VALID.throughput, VALID.response_time_us].flatMap(
        Object.keys,
      ),
      ...[
        ...[VALID.faults, VALID.laws, VALID.checks, VALID.thresholds],
        ...[VALID.by_scenario, VALID.by_kind, PAUSED.pauses],
      ].flatMap(([first]) => Object.keys(first ?? {})),
      ...sampleMetrics().slice(0, 1).flatMap(Object.keys),
    ];
    expect(fields.filter((field) => !new RegExp(`[\`.]${field}\\b`).test(text))).toEqual([]);
  });

  it('have every room on the map', () => {
    const map = read('ARCHITECTURE.md');
    const rooms = ['src', 'src/stack', 'src/harness'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => `${folder}/${entry.name}`),
    );
    const inner = new Set(['src/stack', 'src/harness', 'src/tests']);
    expect(rooms.filter((room) => !inner.has(room) && !map.includes(`\`${room}\``))).toEqual([]);
  });
});

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
