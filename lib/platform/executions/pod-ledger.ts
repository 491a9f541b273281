import * as z from 'zod';
import { type Digest, digestOf } from '../../core/digest.ts';
import { IntegrityError } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import type { Json } from '../../core/json.ts';
import { parseWith } from '../../core/zod-problems.ts';
import type { ExecutionRecord, PendingEvent } from '../contracts/execution.ts';
import type { FlowState } from '../contracts/flow.ts';
import type { Runtime } from '../runtime.ts';
import type { Reason } from '../skill/skill-result.ts';
import { changeExecution, readExecution } from './execution-store.ts';
import type { PodAnswers } from './pod-rounds.ts';
import type { SolvedRun } from './run-skill.ts';
import { errorOf, parseSolvedPod, type SolvedPod, solvedPodOf } from './solved-pod.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/) as unknown as z.ZodType<Digest>;

/** Which pods an execution had solved, round by round: an artifact. Works and what became of them are artifacts of their own. */
const podLedger = z.strictObject({
  schema: z.literal('countersign/pod-ledger/1'),
  rounds: z.array(z.array(z.strictObject({ work: digest, pod: digest })).min(1)),
});
export type PodLedger = z.infer<typeof podLedger>;

const NOTHING_SOLVED: PodLedger = { schema: 'countersign/pod-ledger/1', rounds: [] };

/** The ledger that a run in one process would have left. */
export function ledgerOf({ rounds }: Pick<SolvedRun, 'rounds'>): PodLedger {
  const podOf = (work: Digest, answer: Json) => ({ work, pod: digestOf(solvedPodOf(work, { answer })) });
  return { ...NOTHING_SOLVED, rounds: rounds.map((round) => round.map(({ work, answer }) => podOf(work, answer))) };
}

/** @throws InvalidInput when what is stored as a ledger of pods is none. */
export function parsePodLedger(value: unknown): PodLedger {
  return parseWith<PodLedger>(podLedger, value, 'The ledger of the pods');
}

/**
 * The ledger of an execution; an empty one where it wanted no pods.
 * @throws what `artifacts.get` throws; InvalidInput when it is none.
 */
export async function readLedger(
  { artifacts }: Pick<Runtime, 'artifacts'>,
  { pods }: Pick<ExecutionRecord, 'pods'>,
): Promise<PodLedger> {
  return pods === undefined ? NOTHING_SOLVED : parsePodLedger(await artifacts.get(pods.ledger));
}

/** The round that the state machine comes back from, or nothing where it comes from elsewhere. */
function roundOf({ pods = [], solvedPods }: FlowState): PodLedger['rounds'][number] {
  if (solvedPods === undefined) return [];
  if (pods.length !== solvedPods.length)
    throw new RangeError(`${pods.length} pods were to be solved, and ${solvedPods.length} were.`);
  return pods.map((work, index) => ({ work, pod: solvedPods[index] as Digest }));
}

/** The record with a round more, and the event that tells of it; there is one for each round. */
function withRound(
  current: ExecutionRecord,
  pods: NonNullable<ExecutionRecord['pods']>,
  count: number,
  at: Instant,
): ExecutionRecord {
  const event: PendingEvent = {
    eventId: `pods-solved.${pods.rounds}:${current.executionId}`,
    at,
    type: 'pods-solved',
    actor: 'system',
    data: { round: pods.rounds, pods: count, ledger: pods.ledger },
  };
  return { ...current, pods, updatedAt: at, pendingEvents: [...current.pendingEvents, event] };
}

/**
 * Keeps what the pods of a round have answered, once: a step that is tried again finds the round kept.
 * @returns the execution's record as it stands then.
 * @throws NotFound when there is no such execution.
 */
export async function keepRound(runtime: Runtime, flow: FlowState): Promise<ExecutionRecord> {
  const record = await readExecution(runtime, flow.executionId);
  const round = roundOf(flow);
  if (round.length === 0) return record;
  const { schema, rounds } = await readLedger(runtime, record);
  const known = new Set(rounds.flat().map(({ work }) => work));
  if (round.every(({ work }) => known.has(work))) return record;
  const ledger = await runtime.artifacts.put({ schema, rounds: [...rounds, round] } satisfies PodLedger);
  const at = runtime.clock.now();
  return changeExecution(runtime, record.executionId, (current) => {
    // Somebody else came with the same round, or the execution has ended.
    if (current.outcome !== undefined || current.pods?.ledger !== record.pods?.ledger) return undefined;
    return withRound(current, { ledger, rounds: rounds.length + 1 }, round.length, at);
  });
}

/** Everything that the pods of a ledger came to, in order of rounds. */
async function solvedPods(runtime: Runtime, { rounds }: PodLedger): Promise<readonly SolvedPod[]> {
  return Promise.all(
    rounds.flat().map(async ({ work, pod }) => {
      const solved = parseSolvedPod(await runtime.artifacts.get(pod));
      if (solved.work !== work) throw new IntegrityError(`The solved pod ${pod} answers another work than ${work}.`);
      return solved;
    }),
  );
}

/** What the pods of an execution came to. */
export interface SolvedPods {
  readonly rounds: number;
  readonly answers: PodAnswers;
  /** Why a pod is not deterministic, where one is. */
  readonly difference?: Reason;
}

/**
 * Reads what the pods of an execution have answered.
 * @throws what a pod was refused with, the first in order of wants; NotFound, IntegrityError, InvalidInput when an artifact is
 * missing, damaged or another one.
 */
export async function readAnswers(runtime: Runtime, record: ExecutionRecord): Promise<SolvedPods> {
  const ledger = await readLedger(runtime, record);
  const solved = await solvedPods(runtime, ledger);
  const answers = new Map<Digest, Json>();
  for (const { work, answer, refusal } of solved) {
    if (refusal !== undefined) throw errorOf(refusal);
    answers.set(work, answer as Json);
  }
  const difference = solved.find((pod) => pod.difference !== undefined)?.difference;
  return { rounds: ledger.rounds.length, answers, ...(difference === undefined ? {} : { difference }) };
}
