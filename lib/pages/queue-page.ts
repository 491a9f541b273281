import { oneLine } from './clean-text.ts';
import { page } from './layout.ts';
import { type Markup, markup, words } from './markup.ts';
import { stateWords } from './parts/handoff.ts';
import { timeElement, writeLong, writeZone, type ZonedTime } from './zoned-time.ts';

/** One piece of due work. */
export interface QueueRow {
  readonly executionId: string;
  readonly handoff: string;
  readonly contract: string;
  readonly sender: string;
  readonly receiver: string;
  readonly title: string;
  readonly state: string;
  readonly clock: string;
  readonly due: ZonedTime;
  readonly overdue: boolean;
  readonly people: readonly string[];
}

/** The due work of a team. */
export interface QueueView {
  readonly environment: string;
  readonly party: string;
  readonly now: ZonedTime;
  readonly rows: readonly QueueRow[];
  /** Whether there is more than is shown. */
  readonly more: boolean;
}

/** The teams that have something to do. */
export interface QueuesView {
  readonly environment: string;
  readonly now: ZonedTime;
  readonly queues: readonly { readonly party: string; readonly count: number; readonly nextDue: ZonedTime }[];
}

function head(title: string, now: ZonedTime): Markup {
  return markup`<header class="head"><h1 id="queue">${words(title)}</h1><p class="lead"><time datetime="${now.instant}">${writeLong(now)}</time> (${writeZone(now)})</p></header>`;
}

function table(columns: readonly string[], rows: readonly Markup[], wide: boolean): Markup {
  return markup`<div class="scroll" role="region" aria-labelledby="queue" tabindex="0"><table${wide && markup` class="list"`}><thead><tr>${columns.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function row(item: QueueRow): Markup {
  return markup`<tr><th scope="row">${timeElement(item.due)}${item.overdue && markup`<small class="state failed">✕ run out</small>`}<small>${words(item.clock)}</small></th><td>${words(item.title)}<small>${stateWords(item.state)}</small></td><td>${words(item.contract)}<small>${words(item.sender)} to ${words(item.receiver)}</small></td><td>${item.people.length === 0 ? 'a system' : item.people.map((name, at) => [at > 0 && ', ', words(name)])}</td><td><a href="/status/${encodeURIComponent(oneLine(item.executionId))}"><code>${item.executionId}</code></a><small><code>${item.handoff}</code></small></td></tr>`;
}

/** What a team has to do, what is due first in front. */
export function renderQueuePage(view: QueueView): string {
  const { rows } = view;
  return page({
    title: `Queue of ${view.party}`,
    context: view.environment,
    operator: true,
    body: markup`${head(`Queue of ${view.party}`, view.now)}${
      rows.length === 0
        ? markup`<p class="empty">Nothing is due.</p>`
        : table(['Due', 'What is asked', 'Contract', 'Who may answer', 'Execution'], rows.map(row), true)
    }${view.more && markup`<p class="fine">There is more; what is due first is shown.</p>`}<p><a href="/queues">All queues</a></p>`,
  });
}

/** Every team that has something to do, what is due first in front. */
export function renderQueuesPage(view: QueuesView): string {
  const rows = view.queues.map(
    ({ party, count, nextDue }) =>
      markup`<tr><th scope="row"><a href="/queues/${encodeURIComponent(oneLine(party))}">${words(party)}</a></th><td>${count}</td><td>${timeElement(nextDue)}</td></tr>`,
  );
  return page({
    title: 'Queues',
    context: view.environment,
    operator: true,
    body: markup`${head('Queues', view.now)}${rows.length === 0 ? markup`<p class="empty">Nothing is due anywhere.</p>` : table(['Team', 'Handoffs', 'First due'], rows, false)}`,
  });
}
