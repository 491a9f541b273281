import { type Digest, digestOf } from '../../core/digest.ts';
import { Conflict } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import type { Seat, Stage, StageLevel } from '../approvals/stage.ts';
import { readStages } from '../approvals/stage-store.ts';
import { Erased } from '../artifacts/erased.ts';
import { appendAudit } from '../audit/append.ts';
import { type AuditEvent, CHAIN_START, readChain } from '../audit/chain.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { readExecution } from '../executions/execution-store.ts';
import { findHandoff } from '../handoffs/handoff-store.ts';
import type { Runtime } from '../runtime.ts';
import { completenessOf } from './completeness.ts';
import { type EvidencePacket, type EvidenceStage, evidencePacket } from './packet-schema.ts';
import { referencedArtifacts } from './references.ts';

/** How often an execution that keeps changing is read again before this one gives up. */
const ATTEMPTS = 8;

interface Snapshot {
  readonly record: ExecutionRecord;
  readonly stages: readonly Stage[];
  readonly events: readonly AuditEvent[];
}

async function readParts(runtime: Runtime, executionId: string) {
  const [record, stages, handoff] = await Promise.all([
    readExecution(runtime, executionId),
    readStages(runtime, executionId),
    findHandoff(runtime, executionId),
  ]);
  const aggregates = [record, ...stages, ...(handoff === undefined ? [] : [handoff])];
  const owing = aggregates.some(({ pendingEvents }) => pendingEvents.length > 0);
  return { record, stages, owing, versions: aggregates.map(({ version }) => version).join() };
}

/** Record, stages and chain as they stood at one moment: read until nothing changed in between and nothing is owed. */
async function snapshot(runtime: Runtime, executionId: string): Promise<Snapshot> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await appendAudit(runtime, executionId);
    const before = await readParts(runtime, executionId);
    const events = await readChain(runtime, executionId);
    const after = await readParts(runtime, executionId);
    if (before.versions === after.versions && !after.owing)
      return { record: after.record, stages: after.stages, events };
  }
  throw new Conflict(`Execution ${executionId} keeps changing; ask again in a moment.`);
}

function evidenceRecord(record: ExecutionRecord) {
  const { version: _version, pendingEvents: _events, pendingMails: _mails, failure: _failure, ...rest } = record;
  return rest;
}

function evidenceSeat(seat: Seat) {
  const { seatId, principal, approver, delegations, joinedInRound, dueAt, reminders, standing, decision } = seat;
  return { seatId, principal, approver, delegations, joinedInRound, dueAt, reminders, standing, decision };
}

function evidenceLevel(level: StageLevel) {
  const { levelId, name, required, assurance, minimumLimit, because, dueAt, result, settledAt } = level;
  const seats = level.seats.map(evidenceSeat);
  return { levelId, name, required, assurance, minimumLimit, because, dueAt, result, settledAt, seats };
}

/** Named field by field, so that nothing secret that a stage may come to hold can ever slip through. */
function evidenceStage(stage: Stage) {
  const { of, kind, round, preparedAt, termsDigest, requester, recordOwner, excluded, outcome, settledAt, settledBy } =
    stage;
  const levels = stage.levels.map(evidenceLevel);
  const facts = { of, kind, round, preparedAt, termsDigest, requester, recordOwner, excluded, levels };
  return { stage: stage.stage, ...facts, outcome, settledAt, settledBy };
}

/** Whether approvals of the execution that this one resubmits count here. */
function carriesApprovals(stages: readonly Stage[]): boolean {
  return stages.some(({ levels }) =>
    levels.some(({ seats }) => seats.some(({ decision }) => decision?.carried !== undefined)),
  );
}

type Artifacts = EvidencePacket['artifacts'];

/** An artifact, or the record of its erasure in its place: what is ordered to be erased is not handed out any more. */
async function readArtifact(
  runtime: Runtime,
  { role, digest }: ReturnType<typeof referencedArtifacts>[number],
  orders: ReadonlyMap<Digest, Digest>,
): Promise<Artifacts[number]> {
  const erasedBy = orders.get(digest);
  if (erasedBy !== undefined) return { role, digest, erasedBy };
  try {
    return { role, digest, document: await runtime.artifacts.get(digest) };
  } catch (error) {
    if (error instanceof Erased) return { role, digest, erasedBy: error.erasure };
    throw error;
  }
}

/** Every artifact that the record refers to; besides, records of erasures that another execution of the same request ordered. */
async function readArtifacts(runtime: Runtime, record: ExecutionRecord): Promise<Artifacts> {
  const own = record.erasures ?? [];
  const orders = new Map(own.flatMap(({ record: by, digests }) => digests.map((digest) => [digest, by] as const)));
  const read = await Promise.all(referencedArtifacts(record).map((each) => readArtifact(runtime, each, orders)));
  const told = new Set(own.map(({ record: by }) => by as string));
  const foreign = new Set(
    read.flatMap(({ erasedBy }) => (erasedBy === undefined || told.has(erasedBy) ? [] : erasedBy)),
  );
  const records = [...foreign].map((by) => readArtifact(runtime, { role: 'erasure', digest: by as Digest }, new Map()));
  return [...read, ...(await Promise.all(records))];
}

/** The packet with its own digest. */
function sealPacket(content: Omit<EvidencePacket, 'digest'>): EvidencePacket {
  return { ...content, digest: digestOf(content) };
}

/**
 * Puts together everything needed to re-check an execution offline: record, every artifact, decisions, chain with length and
 * head, and the packet of the execution that it resubmits where approvals given there count here. Neither tokens, links nor
 * their digests are in it.
 * What was erased on record is told by the record in its place.
 * @throws NotFound when there is no such execution or an artifact is missing, IntegrityError when an artifact is damaged,
 * Conflict when the execution changes too fast to be read at one moment.
 */
export async function assembleEvidence(runtime: Runtime, executionId: string): Promise<EvidencePacket> {
  const { record, stages, events } = await snapshot(runtime, executionId);
  const artifacts = await readArtifacts(runtime, record);
  // Members that are undefined have no JSON form; the packet is what is written.
  const parts = JSON.parse(JSON.stringify({ record: evidenceRecord(record), stages: stages.map(evidenceStage) })) as {
    record: EvidencePacket['record'];
    stages: EvidenceStage[];
  };
  const { resubmits } = parts.record;
  const carries = resubmits !== undefined && carriesApprovals(stages);
  const packet = sealPacket({
    schema: 'countersign/evidence-packet/1',
    executionId,
    ...parts,
    artifacts,
    ...(carries ? { earlier: await assembleEvidence(runtime, resubmits) } : {}),
    chain: { length: events.length, head: events.at(-1)?.digest ?? CHAIN_START, events: [...events] },
    completeness: completenessOf(parts),
  });
  return parseWith<EvidencePacket>(evidencePacket, packet, 'The evidence packet');
}
