import { oneLine } from './clean-text.ts';
import { drawGraph } from './graph/draw-graph.ts';
import { page } from './layout.ts';
import { type Markup, markup, safeUrl, words } from './markup.ts';
import { riskSection } from './parts/background.ts';
import { stateWords } from './parts/handoff.ts';
import { seatList } from './parts/seats.ts';
import type { RequestView, RiskView, SeatView } from './views.ts';
import { type ExecutionStatus, type OutcomeWord, outcomeWord, quorumSentence, statusSign } from './vocabulary.ts';
import { timeElement, writeZone, type ZonedTime } from './zoned-time.ts';

export interface LevelView {
  readonly name: string;
  readonly required: number;
  readonly result: 'not-open' | 'open' | 'approved' | 'rejected' | 'changes-requested' | 'expired' | 'closed';
  readonly due?: ZonedTime;
  readonly seats: readonly SeatView[];
}

export interface StageView {
  readonly stage: number;
  /** How often the stage was opened; later rounds follow escalations. */
  readonly round: number;
  readonly levels: readonly LevelView[];
}

/** The handoff of an execution: where it stands, and what it waits for until it has ended. */
export interface OfferedView {
  readonly handoff: string;
  readonly contract: string;
  readonly sender: string;
  readonly receiver: string;
  readonly state: string;
  readonly waits?: {
    readonly title: string;
    readonly party: string;
    /** Names of those who may answer by mail; none where a system answers. */
    readonly people: readonly string[];
    readonly clock: string;
    readonly due: ZonedTime;
  };
}

/** One rule, met or not, with its reason. */
export interface TraceView {
  readonly id: string;
  readonly met: boolean;
  readonly because: string;
}

/** One event of the audit chain; of its body only the digest is shown. */
export interface AuditEventView {
  readonly seq: number;
  readonly at: ZonedTime;
  readonly type: string;
  readonly actor: string;
  readonly digest: string;
}

/** Pieces of the work that were solved side by side before the execution went on. */
export interface PodRoundView {
  readonly round: number;
  readonly pods: number;
  readonly solvedAt: ZonedTime;
}

/** What operators see of one execution. Task tokens have no field here, on purpose. */
export interface ExecutionView {
  readonly request: RequestView;
  readonly skillTitle: string;
  readonly accountId: string;
  readonly status: ExecutionStatus;
  readonly outcome?: OutcomeWord;
  readonly startedAt: ZonedTime;
  readonly endedAt?: ZonedTime;
  /** The state machine's definition, parsed. */
  readonly definition: unknown;
  /** The states entered, in order, with repeats. */
  readonly visited: readonly string[];
  readonly current?: string;
  /** None where the execution wanted no pods. */
  readonly podRounds: readonly PodRoundView[];
  readonly stages: readonly StageView[];
  readonly offered?: OfferedView;
  readonly trace: readonly TraceView[];
  readonly risk?: RiskView;
  readonly gates: readonly { readonly gate: string; readonly result: 'pass' | 'fail' | 'not-reached' }[];
  readonly outputs: readonly { readonly name: string; readonly digest: string }[];
  readonly events: readonly AuditEventView[];
  /** Where the evidence packet can be fetched. */
  readonly evidenceHref?: string;
}

const levelWord: Readonly<Record<LevelView['result'], string>> = {
  'not-open': '– Not open yet',
  open: '○ Open',
  approved: '✓ Approved',
  rejected: '✕ Rejected',
  'changes-requested': '↺ Changes requested',
  expired: '⏱ Expired',
  closed: '– Closed',
};

const gateWord = { pass: '✓ Pass', fail: '✕ Fail', 'not-reached': '– Not reached' } as const;

function levelCard(level: LevelView): Markup {
  return markup`<div class="level"><h3>${words(level.name)} <span class="state ${level.result}">${levelWord[level.result]}</span></h3><p>${quorumSentence(level.required, level.seats.length)}${level.due !== undefined && markup` Due ${timeElement(level.due)} (${writeZone(level.due)}).`}</p>${seatList(level.seats)}</div>`;
}

function stages(view: ExecutionView): Markup | false {
  return (
    view.stages.length > 0 &&
    markup`<section><h2>Approval</h2><ol class="stages">${view.stages.map((stage) => markup`<li><p class="eyebrow">Stage ${stage.stage}${stage.round > 1 && `, round ${stage.round}`}</p><div class="levels">${stage.levels.map(levelCard)}</div></li>`)}</ol></section>`
  );
}

function offered({ offered: handoff }: ExecutionView): Markup | false {
  if (handoff === undefined) return false;
  const { waits, state, contract, sender, receiver } = handoff;
  const wait =
    waits !== undefined &&
    markup`<div><dt>Waits for</dt><dd><a href="/queues/${encodeURIComponent(oneLine(waits.party))}">${words(waits.party)}</a><small>${waits.people.length === 0 ? 'a system answers' : waits.people.map((name, at) => [at > 0 && ', ', words(name)])}</small></dd></div><div><dt>What is asked</dt><dd>${words(waits.title)}</dd></div><div><dt>Due</dt><dd>${timeElement(waits.due)}<small>${writeZone(waits.due)}, ${words(waits.clock)}</small></dd></div>`;
  return markup`<section><h2>Handoff</h2><dl class="facts"><div><dt>State</dt><dd>${words(stateWords(state))}<small><code>${handoff.handoff}</code></small></dd></div><div><dt>Contract</dt><dd>${words(contract)}<small>${words(sender)} to ${words(receiver)}</small></dd></div>${wait}</dl></section>`;
}

function table(id: string, heading: readonly string[], rows: readonly Markup[]): Markup {
  return markup`<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0"><table><thead><tr>${heading.map((text) => markup`<th scope="col">${text}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function facts(view: ExecutionView): Markup {
  return markup`<dl class="facts"><div><dt>Status</dt><dd class="state ${view.status}">${statusSign[view.status]}</dd></div><div><dt>Outcome</dt><dd>${view.outcome === undefined ? '–' : outcomeWord[view.outcome]}</dd></div><div><dt>Asked by</dt><dd>${words(view.request.requesterName)}</dd></div><div><dt>Account</dt><dd>${words(view.request.accountName)}<small><code>${view.accountId}</code></small></dd></div><div><dt>Started</dt><dd>${timeElement(view.startedAt)}<small>${writeZone(view.startedAt)}</small></dd></div>${view.endedAt !== undefined && markup`<div><dt>Ended</dt><dd>${timeElement(view.endedAt)}</dd></div>`}</dl>`;
}

function path(view: ExecutionView): Markup {
  return view.visited.length === 0
    ? markup`<p>No state was entered yet.</p>`
    : markup`<ol class="path">${view.visited.map((state, at) => markup`<li>${words(state)}${at === view.visited.length - 1 && view.current === state && ' (now)'}</li>`)}</ol>`;
}

function pods({ podRounds }: ExecutionView): Markup | false {
  return (
    podRounds.length > 0 &&
    markup`<section><h2 id="pods">Pods</h2>${table(
      'pods',
      ['Round', 'Pods', 'Solved by'],
      podRounds.map(
        ({ round, pods: count, solvedAt }) =>
          markup`<tr><th scope="row">${round}</th><td>${count}</td><td>${timeElement(solvedAt)}</td></tr>`,
      ),
    )}</section>`
  );
}

function trace(view: ExecutionView): Markup | false {
  return (
    view.trace.length > 0 &&
    markup`<section><h2 id="trace">Why, and why not</h2>${table(
      'trace',
      ['Rule', 'Met', 'Because'],
      view.trace.map(
        (entry) =>
          markup`<tr${!entry.met && markup` class="unmet"`}><th scope="row"><code>${entry.id}</code></th><td>${entry.met ? '✓ Yes' : '– No'}</td><td>${words(entry.because)}</td></tr>`,
      ),
    )}</section>`
  );
}

function evidence(view: ExecutionView): Markup {
  return markup`<section><h2 id="outputs">Gates and outputs</h2>${table(
    'outputs',
    ['What', 'Result'],
    [
      ...view.gates.map(
        ({ gate, result }) =>
          markup`<tr><th scope="row">${gate}</th><td class="state ${result}">${gateWord[result]}</td></tr>`,
      ),
      ...view.outputs.map(
        ({ name, digest }) => markup`<tr><th scope="row">${name}</th><td><code>${digest}</code></td></tr>`,
      ),
    ],
  )}</section>
<section><h2 id="audit">Audit chain</h2>${
    view.events.length === 0
      ? markup`<p>No event yet.</p>`
      : table(
          'audit',
          ['Seq', 'At', 'Event', 'By', 'Digest'],
          view.events.map(
            (event) =>
              markup`<tr><th scope="row">${event.seq}</th><td>${timeElement(event.at)}</td><td>${words(event.type)}</td><td>${words(event.actor)}</td><td><code>${event.digest}</code></td></tr>`,
          ),
        )
  }${view.evidenceHref !== undefined && markup`<p><a href="${safeUrl(view.evidenceHref)}">Evidence packet</a>: everything needed to re-check this execution offline.</p>`}</section>`;
}

/** One execution: its way through the state machine, who decided what, why, and the evidence. */
export function renderExecutionPage(view: ExecutionView): string {
  const { request } = view;
  const drawing = drawGraph(view);
  return page({
    title: `${request.kind} for ${request.accountName} (${request.executionId})`,
    context: view.skillTitle,
    operator: true,
    body: markup`<header class="head"><p class="eyebrow"><a href="/status">Status</a> · <code>${request.executionId}</code></p><h1>${words(request.kind)} <span>for ${words(request.accountName)}</span></h1>${facts(view)}</header>
<section><h2 id="way">Way through the state machine</h2>${drawing !== false && markup`<div class="scroll drawing" role="region" aria-labelledby="way" tabindex="0">${drawing}</div>`}${path(view)}</section>
${pods(view)}
${stages(view)}
${offered(view)}
${trace(view)}
${view.risk !== undefined && riskSection(view.risk)}
${evidence(view)}`,
  });
}
