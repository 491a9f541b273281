import { levelResult, stageResult } from '../../core/approval/level-result.ts';
import { canonicalJson, digestOf } from '../../core/digest.ts';
import { approvalRecords } from '../approvals/records.ts';
import { type Stage, voteOf } from '../approvals/stage.ts';
import { verifyChain } from '../audit/chain.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { executionScorecard, handoffPacket, primaryArtifactBundle } from '../contracts/outputs.ts';
import { approvalProblems } from '../executions/approvals-hold.ts';
import { firstDifference } from '../executions/first-difference.ts';
import { acceptanceFacts, conclusionFacts } from '../executions/record-facts.ts';
import { parseSkillResult } from '../executions/skill-result-schema.ts';
import type { SkillResult } from '../skill/skill-result.ts';
import { completenessOf } from './completeness.ts';
import type { ArtifactRole, EvidencePacket } from './packet-schema.ts';
import { referencedArtifacts } from './references.ts';

/** What a check found wrong, or `undefined`. */
export type Finding = string | undefined;

const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

/** The evidence has every field of a record but what it owed, so it can stand where a record's facts are asked. */
const asRecord = (packet: EvidencePacket) => packet.record as unknown as ExecutionRecord;
/** Likewise for stages: what was left out decides nothing. */
const asStages = (packet: EvidencePacket) => packet.stages as unknown as readonly Stage[];

/** The document in a role, or `undefined`. */
export function documentOf(packet: EvidencePacket, role: ArtifactRole): unknown {
  return packet.artifacts.find((artifact) => artifact.role === role)?.document;
}

/** The skill's result in the packet, or `undefined` when the execution came to none. */
export function resultOf(packet: EvidencePacket): SkillResult | undefined {
  const document = documentOf(packet, 'result');
  return document === undefined ? undefined : parseSkillResult(document);
}

/** Every artifact has its digest, and the record's references are exactly what is here. */
export function checkArtifacts(packet: EvidencePacket): Finding {
  for (const { role, digest, document } of packet.artifacts)
    if (digestOf(document) !== digest) return `The ${role} does not have the digest ${digest}.`;
  const stated = packet.artifacts.map(({ role, digest }) => ({ role, digest }));
  const referenced = referencedArtifacts(packet.record);
  if (!same(stated, referenced)) return 'The artifacts are not those that the record refers to.';
  return undefined;
}

/** The outputs fit their contracts. */
export function checkOutputs(packet: EvidencePacket): Finding {
  if (packet.record.outputs === undefined)
    return packet.record.outcome === undefined ? undefined : 'The execution has ended without outputs.';
  const contracts = [
    ['primary-artifact-bundle', primaryArtifactBundle],
    ['execution-scorecard', executionScorecard],
    ['handoff-packet', handoffPacket],
  ] as const;
  for (const [role, contract] of contracts) {
    const parsed = contract.safeParse(documentOf(packet, role));
    if (!parsed.success) return `The ${role} does not fit its contract.`;
    const { executionId, skill, outcome, concludedAt, gates } = parsed.data;
    const { record } = packet;
    const stated = { executionId, skill, outcome, concludedAt, gates };
    const recorded = {
      executionId: record.executionId,
      skill: record.skill,
      outcome: record.outcome,
      concludedAt: record.concludedAt,
      gates: record.gates,
    };
    if (!same(stated, recorded)) return `The ${role} does not agree with the record.`;
  }
  const handoff = handoffPacket.parse(documentOf(packet, 'handoff-packet'));
  if (handoff.primaryArtifact.digest !== packet.record.outputs.primaryArtifactBundle)
    return 'The handoff packet names another primary artifact.';
  return undefined;
}

const CHAIN_PROBLEMS = {
  sequence: 'is not the one that belongs here: an event is missing, doubled or out of order',
  execution: 'belongs to another execution',
  previous: 'does not follow the event before it',
  digest: 'was altered: it does not have the digest it claims',
} as const;

/** The events hold together. */
export function checkChain(packet: EvidencePacket): Finding {
  const checked = verifyChain(packet.chain.events);
  if (!checked.ok) return `Event ${checked.seq} ${CHAIN_PROBLEMS[checked.problem]}.`;
  const foreign = packet.chain.events.find(({ executionId }) => executionId !== packet.executionId);
  return foreign === undefined ? undefined : `Event ${foreign.seq} belongs to another execution.`;
}

/** The chain is as long as the packet says. */
export function checkChainLength({ chain }: EvidencePacket): Finding {
  if (chain.length === chain.events.length) return undefined;
  return `The chain is said to have ${chain.length} events and has ${chain.events.length}.`;
}

/** The chain ends where the packet says. */
export function checkChainHead({ chain }: EvidencePacket): Finding {
  return chain.events.at(-1)?.digest === chain.head ? undefined : 'The last event is not the head of the chain.';
}

function contradiction(packet: EvidencePacket, type: string, facts: { readonly [key: string]: unknown }): Finding {
  const event = packet.chain.events.find((one) => one.type === type);
  if (event === undefined) return `The chain holds no event "${type}".`;
  const stated = Object.fromEntries(Object.keys(facts).map((key) => [key, event.data[key]]));
  const at = firstDifference(stated, JSON.parse(canonicalJson(facts)));
  return at === undefined ? undefined : `The record contradicts the event "${type}" at ${at}.`;
}

/** The record says what the chain says was fixed at acceptance and at the end. */
export function checkRecord(packet: EvidencePacket): Finding {
  if (packet.record.executionId !== packet.executionId) return 'The record belongs to another execution.';
  const accepted = contradiction(packet, 'execution-accepted', acceptanceFacts(asRecord(packet)));
  if (accepted !== undefined || packet.record.outcome === undefined) return accepted;
  return contradiction(packet, 'execution-concluded', conclusionFacts(asRecord(packet)));
}

const bySeat = (a: { stage: number; seatId: string }, b: { stage: number; seatId: string }) =>
  a.stage - b.stage || (a.seatId < b.seatId ? -1 : 1);

/** Seats, events and outputs tell the same decisions. */
export function checkDecisions(packet: EvidencePacket): Finding {
  const atSeats = approvalRecords(asStages(packet));
  const events = packet.chain.events.filter(({ type }) => type === 'decision-recorded');
  const inChain = events.map(({ data }) => data as (typeof atSeats)[number]);
  if (!same(atSeats.toSorted(bySeat), inChain.toSorted(bySeat)))
    return 'The decisions at the seats are not those that the chain recorded.';
  for (const role of ['primary-artifact-bundle', 'handoff-packet'] as const) {
    const output = documentOf(packet, role) as { approvals?: unknown } | undefined;
    if (output !== undefined && !same(output.approvals, atSeats))
      return `The decisions in the ${role} are not those at the seats.`;
  }
  return undefined;
}

/** Every stage and every decision is bound to the terms of the result. */
export function checkTerms(packet: EvidencePacket): Finding {
  const result = resultOf(packet);
  if (result === undefined)
    return packet.record.termsDigest === undefined ? undefined : 'Terms are on record without a result.';
  const digest = digestOf(result.terms);
  if (packet.record.termsDigest !== digest) return 'The record is bound to other terms than the result holds.';
  for (const stage of packet.stages.filter(({ kind }) => kind === 'approval')) {
    if (stage.termsDigest !== digest) return `Stage ${stage.stage} was opened on other terms.`;
    const other = stage.levels
      .flatMap(({ seats }) => seats)
      .find(({ decision }) => decision !== undefined && decision.termsDigest !== digest);
    if (other !== undefined) return `The decision at seat ${other.seatId} was made on other terms.`;
  }
  return undefined;
}

function levelFinding(stage: Stage): Finding {
  for (const level of stage.levels) {
    const votes = level.seats.map(voteOf);
    const recomputed = levelResult(level.required, votes);
    const stated = level.result === 'closed' ? 'open' : level.result;
    if (recomputed !== stated)
      return `The votes of level "${level.levelId}" make it ${recomputed}, not ${level.result}.`;
  }
  return undefined;
}

/** Stage outcomes that the votes alone decide. */
const VOTED: readonly Stage['outcome'][] = ['approved', 'rejected', 'changes-requested', 'expired'];

function stageFinding(stage: Stage): Finding {
  if (stage.kind === 'oversight') return undefined;
  const finding = levelFinding(stage);
  if (finding !== undefined || !VOTED.includes(stage.outcome)) return finding;
  const recomputed = stageResult(stage.levels.map(({ result }) => (result === 'closed' ? 'open' : result)));
  return recomputed === stage.outcome
    ? undefined
    : `The levels of stage ${stage.stage} make it ${recomputed}, not ${stage.outcome}.`;
}

/** The outcome follows from the gates and from the votes, counted anew. */
export function checkOutcome(packet: EvidencePacket): Finding {
  for (const stage of asStages(packet)) {
    const finding = stageFinding(stage);
    if (finding !== undefined) return finding;
  }
  const { outcome, gates } = packet.record;
  if (outcome === 'published') {
    if (gates.some(({ result }) => result !== 'pass')) return 'It was published although a gate was not passed.';
    const result = resultOf(packet);
    if (result === undefined || result.verdict === 'block') return 'It was published although nothing allowed it.';
    if (result.verdict === 'publish' || result.plan === undefined) return undefined;
    const [lacking] = approvalProblems(result.plan, asStages(packet), digestOf(result.terms) as `sha256:${string}`);
    return lacking === undefined ? undefined : `It was published, but: ${lacking.message}`;
  }
  const people = ['rejected', 'changes-requested', 'expired'];
  if (outcome !== undefined && people.includes(outcome) && !packet.stages.some((stage) => stage.outcome === outcome))
    return `It ended as ${outcome}, but no stage did.`;
  return undefined;
}

/** Everything that must have happened is in the chain, and nothing follows the end. */
export function checkCompleteness(packet: EvidencePacket): Finding {
  const claim = completenessOf(packet);
  if (!same(packet.completeness, claim)) return 'The packet claims another completeness than its parts support.';
  for (const { type, count } of claim.requires) {
    const found = packet.chain.events.filter((event) => event.type === type).length;
    if (found !== count) return `The chain must hold ${count} event(s) "${type}" and holds ${found}.`;
  }
  return undefined;
}

/** The packet is as it was put together. */
export function checkPacketDigest(packet: EvidencePacket): Finding {
  const { digest, ...content } = packet;
  return digestOf(content) === digest ? undefined : 'The packet does not have the digest it claims.';
}
