/** The life of the operation that a broken law is about, in words and pictures: what report.html and the served page both show. Pure. */
import type { OperationLife } from '../verify/explain/operation-life.js';
import { count } from './format.js';
import { lifeEvents } from './life-events.js';
import { lifePictures } from './life-picture.js';
import { momentText } from './life-words.js';
import { printable } from './printable.js';
import type { Table } from './tables.js';

export interface LifeView {
  readonly title: string;
  /** The same picture as SVG, for a wide page and for a phone; none where nothing can be placed in time. */
  readonly pictures: readonly string[];
  /** What is wrong with it, by law; a sentence each. */
  readonly broken: readonly { readonly law: string; readonly problems: readonly string[] }[];
  /** What else there is to know, a sentence each. */
  readonly notes: readonly string[];
  readonly moments: Table;
}

export function lifeView(life: OperationLife): LifeView {
  const events = lifeEvents(life);
  return {
    title: printable(life.asked[0]?.title ?? `operation ${life.id}, which nobody asked for`),
    pictures: lifePictures(life, events),
    broken: life.broken.map(({ name, problems }) => ({
      law: printable(name),
      problems: problems.map((problem) => printable(`It ${problem}.`)),
    })),
    notes: [
      ...life.related.map(({ how, text }) =>
        printable(`${how === 'it refers to' ? 'It refers to' : 'Named by'} ${text}.`),
      ),
      ...(life.entries_left_out > 0 ? [`And ${count(life.entries_left_out)} more entries.`] : []),
    ],
    moments: {
      ...{ id: 'moments', title: 'Its moments' },
      columns: [
        { name: '#', isNumber: true },
        { name: 'at', isNumber: true },
        { name: 'where', isNumber: false },
        { name: 'what', isNumber: false },
      ],
      rows: events.map(({ atUs, details, lane, number, what }) => [
        { text: String(number), isKey: true },
        { text: atUs === null ? '-' : momentText(atUs) },
        { text: printable(lane) },
        { text: printable(what), details: details.map(printable) },
      ]),
    },
  };
}
