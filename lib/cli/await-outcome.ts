import { setTimeout as delay } from 'node:timers/promises';
import type { CountersignApi, ExecutionView } from './api/countersign-api.ts';
import { OutOfReach, Throttled } from './api/errors.ts';
import { standingOf } from './execution-lines.ts';

/** How to wait. */
export interface Waiting {
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  /** Seconds to wait at most; without it, until it ends: people may take days. */
  readonly withinSeconds?: number;
  readonly onProgress: (line: string) => void;
  /** Stand in for the clock in tests. */
  readonly sleep?: (ms: number) => Promise<unknown>;
  readonly now?: () => number;
}

/** So many looks in a row may fail before the wait is given up. */
const FAILURES = 5;
const LONGEST_PAUSE_MS = 60_000;

/**
 * So long the statement about an end is waited for once the outcome shows. It is signed a moment later as a rule; where the key
 * is out of reach it takes longer, and whoever waits for the outcome shall have it.
 */
export const SIGNED_WITHIN_MS = 10_000;

/** What there is to tell of an execution that goes on: its status, and whom it waits for. */
function progressOf(view: ExecutionView): string {
  const { waitingFor, waitingForHandoff } = view;
  if (waitingForHandoff !== undefined) {
    const { state, party, dueAt } = waitingForHandoff;
    return `${view.executionId} is ${state} and waits for ${party} until ${dueAt}`;
  }
  if (waitingFor === undefined) return `${view.executionId} ${standingOf(view)}`;
  const open = waitingFor.levels
    .filter(({ status }) => status === 'open')
    .flatMap(({ name, seats }) =>
      seats.filter((seat) => seat.status === 'open').map(({ approver }) => `${approver} (${name})`),
    );
  return `${view.executionId} waits in stage ${waitingFor.stage} for ${open.join(', ')} until ${waitingFor.deadlineAt}`;
}

/**
 * Looks at an execution until it has ended, its outputs are there and the statement about its end is signed, so that its
 * evidence is complete; the signature is waited for 10 s at most. Says what changes meanwhile. A look that fails for want
 * of a connection, or of room, is repeated a few times: the execution goes on without anybody looking.
 * @returns the last view; without an outcome when the time was over before.
 * @throws what the API's call throws, once it has failed too often in a row.
 */
export async function awaitOutcome(
  api: Pick<CountersignApi, 'execution'>,
  id: string,
  how: Waiting,
): Promise<ExecutionView> {
  const { sleep = delay, now = () => performance.now(), withinSeconds } = how;
  const end = withinSeconds === undefined ? Number.POSITIVE_INFINITY : now() + withinSeconds * 1000;
  let told = '';
  let failures = 0;
  let signedBy: number | undefined;
  for (;;) {
    let pause = how.everyMs;
    try {
      const view = await api.execution(id);
      failures = 0;
      const progress = progressOf(view);
      if (progress !== told) how.onProgress(progress);
      told = progress;
      if (view.outcome !== undefined && view.outputs !== undefined) {
        signedBy ??= now() + SIGNED_WITHIN_MS;
        if (view.evidence !== 'owed' || now() >= signedBy) return view;
      }
      if (now() >= end) return view;
    } catch (thrown) {
      failures += 1;
      const mayPass = thrown instanceof Throttled || thrown instanceof OutOfReach;
      if (!mayPass || failures === FAILURES) throw thrown;
      const asked = thrown instanceof Throttled ? (thrown.retryAfterSeconds ?? 0) * 1000 : 0;
      pause = Math.min(LONGEST_PAUSE_MS, Math.max(asked, how.everyMs * 2 ** failures));
      how.onProgress(`${thrown.message} Looking again in ${Math.ceil(pause / 1000)} s.`);
    }
    await sleep(Math.min(pause, Math.max(0, end - now())));
  }
}
