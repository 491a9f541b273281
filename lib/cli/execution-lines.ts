import type { ExecutionSummary } from '../platform/contracts/api.ts';
import type { GateResult } from '../platform/contracts/outcome.ts';
import type { ExecutionTrace, ExecutionView } from './api/countersign-api.ts';

const MARKS = { pass: '✓', fail: '✗', 'not-reached': '–' } as const;

/** Where an execution stands, in a word or two: its outcome once it has one. */
export const standingOf = ({ status, outcome }: Pick<ExecutionSummary, 'status' | 'outcome'>): string =>
  outcome ?? status;

/** One line for each execution of a list. */
export function summaryLines(executions: readonly ExecutionSummary[]): string[] {
  const standing = Math.max(0, ...executions.map((summary) => standingOf(summary).length));
  return executions.map(
    (summary) =>
      `${summary.executionId}  ${standingOf(summary).padEnd(standing)}  ${summary.createdAt}  ${summary.accountId}  by ${summary.requester}  ${summary.skill}`,
  );
}

function gateLines(gates: readonly GateResult[]): string[] {
  return gates.flatMap(({ gate, result, reasons }) => [
    `  ${MARKS[result]} ${gate}`,
    ...reasons.map(({ message, code }) => `      ${message} (${code})`),
  ]);
}

/** Whom a waiting execution waits for, and until when. */
export function waitingLines({ waitingFor }: ExecutionView): string[] {
  if (waitingFor === undefined) return [];
  const { stage, round, deadlineAt, levels } = waitingFor;
  return [
    `Waits in stage ${stage}${round > 1 ? `, round ${round}` : ''}, until ${deadlineAt}:`,
    ...levels.map(({ name, required, status, dueAt, seats }) => {
      const people = seats.map((seat) => `${seat.approver} ${seat.status}`).join(', ');
      return `  ${name} (${required} of ${seats.length}, ${status}, due ${dueAt}): ${people}`;
    }),
  ];
}

/** What a handoff waits for, and until when. */
export function handoffLines({ waitingForHandoff }: ExecutionView): string[] {
  if (waitingForHandoff === undefined) return [];
  const { handoff, state, title, party, people, clock, dueAt } = waitingForHandoff;
  const who = people.length === 0 ? '' : `, ${people.join(', ')}`;
  return [`Handoff ${handoff} is ${state} and waits for ${party}${who}, until ${dueAt} (${clock}):`, `  ${title}`];
}

function outcomeLines({ outputs, gates }: ExecutionView): string[] {
  if (outputs === undefined) return [];
  const { primary_artifact_bundle: bundle, execution_scorecard: scorecard, handoff_packet: packet } = outputs;
  const told = new Set(gates.flatMap(({ reasons }) => reasons.map(({ message }) => message)));
  const untold = bundle.reasons.filter(({ message }) => !told.has(message));
  return [
    ...untold.map(({ message, code }) => `  ${message} (${code})`),
    ...bundle.approvals.map(
      ({ at, approver, action, levelId, comment }) =>
        `  ${at}  ${approver} ${action} (${levelId})${comment === '' ? '' : `: ${comment}`}`,
    ),
    `Recommendation: ${scorecard.recommendation}. Next: ${packet.nextHop}.`,
  ];
}

/** An execution as a person reads it. */
export function executionLines(view: ExecutionView): string[] {
  const { executionId, skill, accountId, requester, createdAt, updatedAt, configuration, gates, fault, rerunAs } = view;
  return [
    `${executionId}: ${standingOf(view)}`,
    `  ${skill}`,
    `  for ${accountId}, asked by ${requester} at ${createdAt}; last change ${updatedAt}`,
    `  configuration ${configuration.version}`,
    ...(gates.length === 0 ? [] : ['Gates:', ...gateLines(gates)]),
    ...waitingLines(view),
    ...handoffLines(view),
    ...(fault === undefined ? [] : [`A fault broke it off in ${fault.state}: ${fault.error}.`]),
    ...(rerunAs === undefined ? [] : [`It ran again as ${rerunAs}.`]),
    ...outcomeLines(view),
  ];
}

/** The steps of an execution, and everything that was weighed. */
export function traceLines({ executionId, steps, decisions, gates }: ExecutionTrace): string[] {
  return [
    `${executionId}`,
    'Steps:',
    ...steps.map(({ seq, at, type, actor }) => `  ${String(seq).padStart(3)}  ${at}  ${type}  by ${actor}`),
    ...(decisions.length === 0 ? [] : ['Weighed:']),
    ...decisions.map(({ id, met, because }) => `  ${met ? '✓' : '–'} ${id}: ${because}`),
    ...(gates.length === 0 ? [] : ['Gates:', ...gateLines(gates)]),
  ];
}
