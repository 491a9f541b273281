import { digestOf } from '../../core/digest.ts';
import { type Instant, secondsUntil } from '../../core/instant.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { approvalRecords, escalationCount } from '../approvals/records.ts';
import type { Stage } from '../approvals/stage.ts';
import { configurationNameOf } from '../configuration/configuration-name.ts';
import type { ScopedRequest } from '../contracts/envelope.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { GateResult, Outcome } from '../contracts/outcome.ts';
import {
  type ExecutionScorecard,
  executionScorecard,
  type HandoffPacket,
  handoffPacket,
  type PrimaryArtifactBundle,
  primaryArtifactBundle,
} from '../contracts/outputs.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { Reason, SkillResult } from '../skill/skill-result.ts';

/** What the outputs are made of. Whatever an execution never came to is left out, and the outputs say so. */
export interface OutputFacts {
  readonly record: Pick<
    ExecutionRecord,
    'executionId' | 'skill' | 'accountId' | 'createdAt' | 'configuration' | 'termsDigest'
  >;
  readonly skill: Pick<AnySkill, 'primaryArtifact' | 'routingTag' | 'metrics' | 'publishes' | 'next'>;
  readonly outcome: Outcome;
  readonly concludedAt: Instant;
  readonly gates: readonly GateResult[];
  readonly reasons: readonly Reason[];
  readonly request?: ScopedRequest;
  readonly result?: SkillResult;
  readonly stages: readonly Stage[];
  readonly handoff?: NonNullable<ExecutionRecord['handoff']>;
}

/** The three outputs of an execution. */
export interface Outputs {
  readonly primaryArtifactBundle: PrimaryArtifactBundle;
  readonly executionScorecard: ExecutionScorecard;
  readonly handoffPacket: HandoffPacket;
}

/** Who has to act next, when the outcome is not the one that the skill's own hint is for. */
const NEXT_HOP: Readonly<Record<Exclude<Outcome, 'published'>, string>> = {
  rejected: 'requester',
  'changes-requested': 'requester-resubmission',
  withdrawn: 'requester',
  expired: 'requester',
  blocked: 'oversight',
  'needs-scoping': 'requester-scoping',
  'rolled-back': 'operator',
};

/** The candidate that a publication puts on trial, by the name that it gets there. */
function candidateOf({ skill, outcome, result }: OutputFacts): Pick<HandoffPacket, 'candidate'> {
  const candidate = outcome === 'published' && result !== undefined ? skill.publishes?.candidateFor(result) : undefined;
  if (candidate === undefined) return {};
  const digest = digestOf(candidate.configuration);
  const version = configurationNameOf({ name: candidate.skill }, candidate.configuration, digest);
  return { candidate: { skill: candidate.skill, version, digest } };
}

/** What the next execution goes on from, where this one was published. */
function nextOf({ skill, outcome, result }: OutputFacts): Pick<HandoffPacket, 'next'> {
  const next = outcome === 'published' && result !== undefined ? skill.next?.(result) : undefined;
  return next === undefined ? {} : { next };
}

/**
 * Builds the three outputs: for every outcome, with or without a result. Pure: the same facts give the same bytes.
 * @throws InvalidInput when what was built does not fit its own contract.
 */
export function buildOutputs(facts: OutputFacts): Outputs {
  const { record, skill, outcome, concludedAt, result, request } = facts;
  const approvals = approvalRecords(facts.stages);
  const carriedOver = approvals.filter(({ carried }) => carried !== undefined).length;
  const common = {
    executionId: record.executionId,
    skill: record.skill,
    outcome,
    concludedAt,
    gates: facts.gates,
    risk: result?.risk ?? { score: 0, factors: [] },
    confidenceBasisPoints: result?.confidenceBasisPoints ?? 0,
  };
  const primary = parseWith<PrimaryArtifactBundle>(
    primaryArtifactBundle,
    {
      schema: 'countersign/primary-artifact-bundle/1',
      consumer: 'orchestrator',
      name: skill.primaryArtifact,
      ...common,
      ...(result === undefined ? {} : { terms: result.terms }),
      ...(result?.plan === undefined ? {} : { plan: result.plan }),
      artifact: result?.artifact ?? null,
      reasons: facts.reasons,
      approvals,
    },
    'The primary artifact bundle',
  );
  const scorecard = parseWith<ExecutionScorecard>(
    executionScorecard,
    {
      schema: 'countersign/execution-scorecard/1',
      consumer: 'operator',
      ...common,
      recommendation: outcome === 'published' ? 'publish' : 'no-publish',
      acceptanceCriteria: request?.acceptanceCriteria ?? [],
      measures: {
        workUnits: result?.workUnits ?? 0,
        levels: result?.plan?.stages.reduce((sum, { levels }) => sum + levels.length, 0) ?? 0,
        decisions: approvals.length - carriedOver,
        ...(carriedOver === 0 ? {} : { carriedOver }),
        escalations: escalationCount(facts.stages),
        elapsedSeconds: Math.max(0, secondsUntil(record.createdAt, concludedAt)),
      },
      metrics: skill.metrics,
    },
    'The execution scorecard',
  );
  const handoff = parseWith<HandoffPacket>(
    handoffPacket,
    {
      schema: 'countersign/handoff-packet/1',
      consumer: 'downstream-skill',
      declaredConsumer: request?.consumer ?? 'audit-log',
      ...common,
      accountId: record.accountId,
      routingTag: skill.routingTag,
      nextHop: outcome === 'published' ? (result?.nextHop ?? 'none') : NEXT_HOP[outcome],
      primaryArtifact: { name: skill.primaryArtifact, digest: digestOf(primary) },
      approvals,
      ...(record.termsDigest === undefined ? {} : { termsDigest: record.termsDigest }),
      configuration: record.configuration,
      ...candidateOf(facts),
      ...(facts.handoff === undefined
        ? {}
        : { handoff: { document: facts.handoff.document, state: facts.handoff.state } }),
      ...nextOf(facts),
    },
    'The handoff packet',
  );
  return { primaryArtifactBundle: primary, executionScorecard: scorecard, handoffPacket: handoff };
}
