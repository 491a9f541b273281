import { levelResult, stageResult } from '../../core/approval/level-result.ts';
import { digestOf } from '../../core/digest.ts';
import { isAssured } from '../approvals/assurance.ts';
import { approvalRecords } from '../approvals/records.ts';
import { type SeatDecision, type Stage, voteOf } from '../approvals/stage.ts';
import { approvalProblems, isBound } from '../executions/approvals-hold.ts';
import { handoffEndedAs } from './check-handoff.ts';
import { documentOf, type Finding, resultOf, same, stagesIn } from './finding.ts';
import type { EvidencePacket } from './packet-schema.ts';

const bySeat = (a: { stage: number; seatId: string }, b: { stage: number; seatId: string }) =>
  a.stage - b.stage || (a.seatId < b.seatId ? -1 : 1);

/** Seats, events and outputs tell the same decisions. */
export function checkDecisions(packet: EvidencePacket): Finding {
  const atSeats = approvalRecords(stagesIn(packet));
  // An approval that was carried over fell in another execution's chain; this one holds that it was counted.
  const events = packet.chain.events.filter(({ type, data }) =>
    type === 'decision-recorded'
      ? data.carried === undefined
      : type === 'approval-carried-over' && data.carried !== undefined,
  );
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

/**
 * Every stage and every decision is bound to the terms of the result; one that was carried over is bound to them by the basis
 * of its level, which must be the plan's.
 */
export function checkTerms(packet: EvidencePacket): Finding {
  const result = resultOf(packet);
  if (result === undefined)
    return packet.record.termsDigest === undefined ? undefined : 'Terms are on record without a result.';
  const digest = digestOf(result.terms);
  if (packet.record.termsDigest !== digest) return 'The record is bound to other terms than the result holds.';
  for (const stage of packet.stages.filter(({ kind }) => kind === 'approval')) {
    if (stage.termsDigest !== digest) return `Stage ${stage.stage} was opened on other terms.`;
    const planned = result.plan?.stages.find((one) => one.stage === stage.stage)?.levels ?? [];
    for (const { levelId, seats } of stage.levels) {
      const level = planned.find((one) => one.levelId === levelId);
      const other = seats.find(({ decision }) => decision && !isBound(decision as SeatDecision, level, digest));
      if (other !== undefined) return `The decision at seat ${other.seatId} was made on other terms.`;
    }
  }
  return undefined;
}

/** Every level asked for what the plan says, and every decision was made with at least that assurance. */
export function checkAssurance(packet: EvidencePacket): Finding {
  const plan = resultOf(packet)?.plan;
  for (const stage of packet.stages) {
    for (const level of stage.levels) {
      const planned = plan?.stages
        .find((one) => one.stage === stage.stage)
        ?.levels.find(({ levelId }) => levelId === level.levelId);
      if (stage.kind === 'approval' && planned?.assurance !== level.assurance)
        return `Level "${level.levelId}" was asked with the assurance "${level.assurance}", not with the plan's.`;
      const weak = level.seats.find(
        ({ decision }) => decision !== undefined && !isAssured(level.assurance, decision.assurance),
      );
      if (weak !== undefined)
        return `Level "${level.levelId}" asks for "${level.assurance}", but seat ${weak.seatId} decided by "${weak.decision?.assurance}".`;
    }
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
  for (const stage of stagesIn(packet)) {
    const finding = stageFinding(stage);
    if (finding !== undefined) return finding;
  }
  const { outcome, gates } = packet.record;
  if (outcome === 'published') {
    if (gates.some(({ result }) => result !== 'pass')) return 'It was published although a gate was not passed.';
    const result = resultOf(packet);
    if (result === undefined || result.verdict === 'block') return 'It was published although nothing allowed it.';
    if (result.verdict === 'publish' || result.plan === undefined) return undefined;
    const [lacking] = approvalProblems(result.plan, stagesIn(packet), digestOf(result.terms) as `sha256:${string}`);
    return lacking === undefined ? undefined : `It was published, but: ${lacking.message}`;
  }
  const people = ['rejected', 'changes-requested', 'expired'];
  const byPeople = packet.stages.some((stage) => stage.outcome === outcome);
  if (outcome !== undefined && people.includes(outcome) && !byPeople && !handoffEndedAs(packet, outcome))
    return `It ended as ${outcome}, but no stage did.`;
  return undefined;
}
