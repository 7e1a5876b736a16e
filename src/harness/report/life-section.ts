/** The part of report.html that tells the life of the operation that a broken law is about: the picture, then its moments one by one. */
import type { OperationLife } from '../verify/explain/operation-life.js';
import { count } from './format.js';
import { table } from './html-tables.js';
import { escapeHtml } from './html-text.js';
import { type LifeEvent, lifeEvents } from './life-events.js';
import { lifePicture } from './life-picture.js';
import { momentText } from './life-words.js';

export function lifeSection(life: OperationLife): string {
  const events = lifeEvents(life);
  const title = life.asked[0]?.title ?? `operation ${life.id}, which nobody asked for`;
  const picture = lifePicture(life, events);
  return [
    '<section class="life"><h2>The operation that shows it</h2>',
    '<figure>',
    `<figcaption><b>${escapeHtml(title)}</b></figcaption>`,
    picture,
    '</figure>',
    ...life.broken.map(({ name, problems }) => {
      const words = problems.map((problem) => escapeHtml(`It ${problem}.`)).join('<br>');
      return `<p class="problem"><code>${escapeHtml(name)}</code> ${words}</p>`;
    }),
    ...life.related.map(
      ({ how, text }) =>
        `<p class="problem">${how === 'it refers to' ? 'It refers to' : 'Named by'} ${escapeHtml(text)}.</p>`,
    ),
    '</section>',
    table('Its moments', COLUMNS, events.map(rowOf)),
    life.entries_left_out > 0
      ? `<p class="problem">and ${count(life.entries_left_out)} more entries</p>`
      : '',
  ].join('\n');
}

const COLUMNS = [
  { name: '#', isNumber: true },
  { name: 'at', isNumber: true },
  { name: 'where' },
  { name: 'what' },
];

function rowOf({ atUs, details, lane, number, what }: LifeEvent) {
  const lines = details.map((line) => `<br><span class="detail">${escapeHtml(line)}</span>`);
  return [
    `<span class="key">${number}</span>`,
    atUs === null ? '-' : momentText(atUs),
    escapeHtml(lane),
    `<div class="moment">${escapeHtml(what)}${lines.join('')}</div>`,
  ];
}
