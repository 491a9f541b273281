import { oneLine } from './clean-text.ts';
import { page } from './layout.ts';
import { type Markup, markup, safeUrl, words } from './markup.ts';
import { stateWords } from './parts/handoff.ts';
import { type ExecutionStatus, type OutcomeWord, outcomeWord, statusSign } from './vocabulary.ts';
import { timeElement, writeLong, writeZone, type ZonedTime } from './zoned-time.ts';

export type { ExecutionStatus } from './vocabulary.ts';

/** One row of the list of executions. */
export interface ExecutionRow {
  readonly executionId: string;
  readonly skillTitle: string;
  /** The kind of request; amounts have no place here. */
  readonly kind: string;
  readonly accountId: string;
  readonly status: ExecutionStatus;
  readonly outcome?: OutcomeWord;
  readonly waitsFor?: { readonly names: readonly string[]; readonly until: ZonedTime };
  /** Where its handoff waits: in which state, for which team. */
  readonly waitsForParty?: { readonly party: string; readonly state: string; readonly due: ZonedTime };
  readonly startedAt: ZonedTime;
}

export interface SkillRow {
  readonly name: string;
  readonly title: string;
  readonly posture: 'normal' | 'elevated' | 'critical';
  /** What the flag snapshot says of the skill's flag. */
  readonly flag: 'on' | 'off' | 'missing';
  readonly flagName: string;
}

/** What operators see of the whole system. */
export interface StatusView {
  readonly environment: string;
  readonly now: ZonedTime;
  readonly executions: readonly ExecutionRow[];
  /** Counts over all executions, not only those listed. */
  readonly counts: readonly { readonly state: string; readonly count: number }[];
  /** Age of the oldest execution that waits for people. */
  readonly oldestWaitSeconds?: number;
  readonly flags: { readonly ageSeconds: number; readonly digest: string } | 'none';
  readonly skills: readonly SkillRow[];
  readonly nextPage?: string;
}

const postureSign = { normal: '● Normal', elevated: '▲ Elevated', critical: '✕ Critical' } as const;

/** An age in the largest unit that fits: `42 s`, `7 min`, `3 h`, `2 d`. */
function age(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

function waitCell({ waitsFor, waitsForParty }: ExecutionRow): Markup | string {
  if (waitsForParty !== undefined) {
    const { party, state, due } = waitsForParty;
    return markup`<a href="/queues/${encodeURIComponent(oneLine(party))}">${words(party)}</a><small>${words(stateWords(state))}, due ${timeElement(due)}</small>`;
  }
  if (waitsFor === undefined) return '–';
  return markup`${waitsFor.names.map((name, at) => [at > 0 && ', ', words(name)])}<small>until ${timeElement(waitsFor.until)}</small>`;
}

function row(item: ExecutionRow): Markup {
  return markup`<tr><th scope="row"><a href="/status/${encodeURIComponent(oneLine(item.executionId))}"><code>${item.executionId}</code></a></th><td>${words(item.skillTitle)}</td><td>${words(item.kind)}<small>${words(item.accountId)}</small></td><td class="state ${item.status}">${statusSign[item.status]}</td><td>${item.outcome !== undefined ? outcomeWord[item.outcome] : '–'}</td><td>${waitCell(item)}</td><td>${timeElement(item.startedAt)}</td></tr>`;
}

function executions(view: StatusView): Markup {
  return view.executions.length === 0
    ? markup`<p class="empty">No execution yet. Start one with <code>POST /skills/{skill}/executions</code>; it shows up here at once.</p>`
    : markup`<div class="scroll" role="region" aria-labelledby="executions" tabindex="0"><table class="list"><thead><tr><th scope="col">Execution</th><th scope="col">Skill</th><th scope="col">Kind and account</th><th scope="col">Status</th><th scope="col">Outcome</th><th scope="col">Waits for</th><th scope="col">Started</th></tr></thead><tbody>${view.executions.map(row)}</tbody></table></div>`;
}

function skills(view: StatusView): Markup {
  return markup`<div class="scroll" role="region" aria-labelledby="skills" tabindex="0"><table><thead><tr><th scope="col">Skill</th><th scope="col">Posture</th><th scope="col">Flag</th></tr></thead><tbody>${view.skills.map((skill) => markup`<tr><th scope="row">${words(skill.title)}<small><code>${skill.name}</code></small></th><td class="posture ${skill.posture}">${postureSign[skill.posture]}</td><td>${skill.flag}<small><code>${skill.flagName}</code></small></td></tr>`)}</tbody></table></div>`;
}

/** The list of executions with counts, postures and the age of the flag snapshot. */
export function renderStatusPage(view: StatusView): string {
  const flags =
    view.flags === 'none'
      ? markup`No flag snapshot: every skill is off.`
      : markup`Flag snapshot ${age(view.flags.ageSeconds)} old, <code>${view.flags.digest}</code>.`;
  return page({
    title: `Status of ${view.environment}`,
    context: view.environment,
    operator: true,
    body: markup`<header class="head"><h1>Status</h1><p class="lead"><time datetime="${view.now.instant}">${writeLong(view.now)}</time> (${writeZone(view.now)})</p>${view.counts.length > 0 && markup`<dl class="counts">${view.counts.map((item) => markup`<div><dt>${words(item.state)}</dt><dd>${item.count}</dd></div>`)}</dl>`}${view.oldestWaitSeconds !== undefined && markup`<p class="fine">The oldest request that waits for people is ${age(view.oldestWaitSeconds)} old.</p>`}</header>
<section><h2 id="executions">Executions</h2>${executions(view)}${view.nextPage !== undefined && markup`<p><a href="${safeUrl(view.nextPage)}">Earlier executions</a></p>`}</section>
<section><h2 id="skills">Skills</h2>${skills(view)}<p class="fine">${flags}</p></section>`,
  });
}
