/** The part of report.html that tells the life of the operation that a broken law is about: the picture, then its moments one by one. */
import type { OperationLife } from '../verify/explain/operation-life.js';
import { loadTable } from './html-tables.js';
import { escapeHtml } from './html-text.js';
import { lifeView } from './life-view.js';

export function lifeSection(life: OperationLife): string {
  const { title, pictures, broken, notes, moments } = lifeView(life);
  return [
    '<section class="life"><h2>The operation that shows it</h2>',
    '<figure>',
    `<figcaption><b>${escapeHtml(title)}</b></figcaption>`,
    ...pictures,
    '</figure>',
    ...broken.map(
      ({ law, problems }) =>
        `<p class="problem"><code>${escapeHtml(law)}</code> ${problems.map(escapeHtml).join('<br>')}</p>`,
    ),
    ...notes.map((note) => `<p class="problem">${escapeHtml(note)}</p>`),
    '</section>',
    loadTable(moments),
  ].join('\n');
}
