import type { CountersignApi } from './api/countersign-api.ts';
import { openApi } from './api/open-api.ts';
import type { ExecutionOptions } from './executions.ts';
import { readDocument } from './read-document.ts';
import { say, sayJson } from './say.ts';

type Shown = Awaited<ReturnType<CountersignApi['handoff']>>;

function waitLines({ wait, end }: Shown): string[] {
  if (end !== undefined)
    return [
      `It ended as ${end.state} (${end.outcome}) at ${end.at}.`,
      ...end.reasons.map(({ message }) => `  ${message}`),
    ];
  if (wait === undefined) return [];
  const people = wait.people.length === 0 ? '' : `, of whom may answer by mail: ${wait.people.join(', ')}`;
  return [
    `Waits for ${wait.party} (${wait.part})${people}`,
    `  ${wait.title}, due ${wait.dueAt} (${wait.clock})`,
    ...wait.choices.map(
      ({ choice, says, fields }) => `  ${choice}${fields.length === 0 ? '' : ` [${fields.join(', ')}]`}: ${says}`,
    ),
  ];
}

function linesOf(shown: Shown): string[] {
  const { handoff: id, contract, state, sender, receiver, payload, criteria, obligations, readiness } = shown.handoff;
  return [
    `${id}  ${state}`,
    `${contract.name} ${contract.version}, from ${sender} to ${receiver}, readiness ${readiness.score} of ${readiness.threshold} needed`,
    ...payload.map(({ label, value }) => `  ${label}: ${value}`),
    ...criteria.map(({ says, standing }) => `  ${standing}: ${says}`),
    ...obligations.map(
      ({ says, owner, due, standing }) =>
        `  owed by ${owner}${due === undefined ? '' : `, due ${due}`} (${standing}): ${says}`,
    ),
    ...waitLines(shown),
  ];
}

/** `countersign handoff show`: where a handoff stands, and what it waits for. */
export async function show(executionId: string, options: ExecutionOptions): Promise<void> {
  const { api } = await openApi(options);
  const shown = await api.handoff(executionId);
  if (options.json === true) return sayJson(shown);
  say(...linesOf(shown));
}

/** `countersign handoff events`: what happened to a handoff so far. */
export async function events(executionId: string, options: ExecutionOptions): Promise<void> {
  const { api } = await openApi(options);
  const { history } = (await api.handoff(executionId)).handoff;
  if (options.json === true) return sayJson(history);
  say(...history.map(({ at, event, by, to }) => `${at}  ${event} -> ${to}  by ${by}`));
}

/** `countersign handoff act`: sends an event. */
export async function act(executionId: string, file: string, options: ExecutionOptions): Promise<void> {
  const event = readDocument(file);
  const { api } = await openApi(options);
  const answer = await api.sendHandoffEvent(executionId, event);
  if (options.json === true) return sayJson(answer);
  const said = answer.repeated ? 'The event was on record before; nothing changed.' : 'The event is recorded.';
  say(said, ...linesOf(answer));
}

/** `countersign handoff queue`: the due work of a team, or the teams that have any. */
export async function queue(party: string | undefined, options: ExecutionOptions): Promise<void> {
  const { api } = await openApi(options);
  if (party === undefined) {
    const { queues, ...rest } = await api.queues();
    if (options.json === true) return sayJson({ ...rest, queues });
    if (queues.length === 0) return say('No team has anything to do.');
    return say(...queues.map((one) => `${one.nextDueAt}  ${one.party}  ${one.count}`));
  }
  const due = await api.queue(party);
  if (options.json === true) return sayJson(due);
  if (due.work.length === 0) say(`Nothing is due for ${party}.`);
  for (const { dueAt, executionId, title, contract, people } of due.work) {
    say(`${dueAt}  ${executionId}  ${title}`);
    say(`    ${contract}, ${people.length === 0 ? 'answered by a system' : people.join(', ')}`);
  }
}
