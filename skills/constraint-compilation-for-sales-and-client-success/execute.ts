import { dayOf } from '../../lib/core/calendar/local-day.ts';
import type { LoadedDirectory } from '../../lib/core/directory/loaded.ts';
import { InvalidInput } from '../../lib/core/errors.ts';
import type { Instant } from '../../lib/core/instant.ts';
import type { Json } from '../../lib/core/json.ts';
import { type Replay, replayRequests } from '../../lib/engines/approval-routing/replay-requests.ts';
import { isApprovalPolicy, readPolicyInForce, revisePolicy } from '../../lib/engines/approval-routing/revise-policy.ts';
import type { Solver } from '../../lib/engines/constraints/findings.ts';
import type { Reference, References } from '../../lib/platform/skill/reference.ts';
import type { SkillResult, TraceEntry } from '../../lib/platform/skill/skill-result.ts';
import { assess } from './assess.ts';
import { type Comparison, compareRules } from './compare.ts';
import { type Compiled, compileRequest } from './compile-request.ts';
import type { CompilationPolicy } from './configuration.ts';
import type { CompilationRequest } from './input.ts';
import { planFor } from './plan.ts';
import { termsOf } from './terms.ts';

/** What the skill may see of an execution. */
export interface CompilationContext {
  readonly input: CompilationRequest;
  readonly configuration: CompilationPolicy;
  readonly directory: LoadedDirectory;
  readonly requester: { readonly personId: string };
  readonly instant: Instant;
  readonly references: References;
}

const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

function targetOf({ input, references }: CompilationContext): Reference {
  const target = references[input.targetSkill];
  if (target !== undefined && isApprovalPolicy(target.configuration)) return target;
  throw new InvalidInput(`The rules of ${input.targetSkill} are no constraint set.`, [
    {
      pointer: '/input/targetSkill',
      code: 'target-unfit',
      message: `The baseline of "${input.targetSkill}" is no approval policy, so there are no rules to replace.`,
      mend: 'Name a skill whose configuration is an approval policy.',
    },
  ]);
}

/** Every rule and every finding, as evidence of what was looked at. */
function traceOf({ set, artifact }: Compiled, comparison?: Comparison): TraceEntry[] {
  const changed = new Set(comparison?.rules.map(({ id }) => id));
  return [
    ...artifact.analysis.findings.map((finding) => ({
      id: `finding:${finding.code}`,
      met: true,
      because: finding.message,
      detail: json({ digest: finding.digest, rules: finding.rules, severity: finding.severity }),
    })),
    ...set.rules.map(({ id, owner, message }) => ({
      id: `rule:${id}`,
      met: changed.has(id),
      because: changed.has(id) ? `The rule of ${owner} changes: ${message}` : `The rule of ${owner} stays: ${message}`,
      detail: null,
    })),
  ];
}

/** A set that may not be published: what was found goes back to whoever sent it, in the artifact and as reasons. */
function blocked(context: CompilationContext, target: Reference, compiled: Compiled): SkillResult {
  const { input, directory, requester } = context;
  const { artifact, set } = compiled;
  const requesterName = directory.requirePerson(requester.personId).name;
  const { risk, confidenceBasisPoints } = assess(context.configuration, artifact);
  return {
    verdict: 'block',
    reasons: artifact.verdict.reasons.map(({ code, message }) => ({ code, message, pointer: '/source' })),
    artifact: json({
      schema: 'countersign/constraint-compilation/1',
      target: { skill: target.skill, version: target.version, digest: target.digest },
      compiled: artifact,
    }),
    terms: termsOf({ request: input, compiled, inForce: target.version, requesterName }),
    risk,
    confidenceBasisPoints,
    trace: traceOf(compiled),
    workUnits:
      artifact.analysis.spent.boxes + Math.ceil(artifact.analysis.spent.solverSteps / 1_000) + set.rules.length,
    nextHop: 'none',
  };
}

/**
 * Compiles and proves a change of rules, compares it with the rules in force, tries it on past requests, and says who must agree.
 * @throws InvalidInput with every problem of the source, or of the rules as the target's configuration.
 */
export async function execute(context: CompilationContext, load: () => Promise<Solver>): Promise<SkillResult> {
  const { input, configuration, directory, requester, instant } = context;
  const { budget } = configuration;
  const day = dayOf(instant);
  const target = targetOf(context);
  const compiled = await compileRequest(input, { budget, day, load });
  const { artifact, set } = compiled;
  if (!artifact.verdict.publishable) return blocked(context, target, compiled);
  const inForce = readPolicyInForce(target.configuration, directory);
  const revised = revisePolicy(target.configuration, artifact, directory);
  const comparison = await compareRules(inForce.rules, set, { budget, load });
  const replay: Replay = replayRequests(input.pastRequests, inForce.policy, revised.policy, { directory, day });
  const recordOwner = input.recordOwner ?? requester.personId;
  const seats = planFor({
    policy: configuration,
    comparison,
    artifact,
    directory,
    requester: requester.personId,
    recordOwner,
    instant,
  });
  const requesterName = directory.requirePerson(requester.personId).name;
  const { risk, confidenceBasisPoints } = assess(configuration, artifact, comparison, replay);
  const { analysis } = artifact;
  const steps = analysis.spent.solverSteps + comparison.solverSteps;
  return {
    verdict: seats.plan === undefined ? 'block' : 'approve',
    reasons: seats.problems.map(({ code, message, pointer }) => ({ code, message, pointer })),
    artifact: json({
      schema: 'countersign/constraint-compilation/1',
      target: { skill: target.skill, version: target.version, digest: target.digest },
      candidate: { skill: target.skill, configuration: revised.document },
      warnings: revised.policy.warnings,
      comparison,
      replay,
      levels: seats.levels,
      onceEach: seats.onceEach,
      satisfied: seats.satisfied,
      excluded: seats.excluded,
    }),
    terms: termsOf({ request: input, compiled, comparison, replay, inForce: target.version, requesterName }),
    ...(seats.plan === undefined ? {} : { plan: seats.plan }),
    risk,
    confidenceBasisPoints,
    trace: traceOf(compiled, comparison),
    workUnits: analysis.spent.boxes + comparison.boxes + Math.ceil(steps / 1_000) + replay.workUnits + seats.workUnits,
    nextHop: `${target.skill}:validate-candidate`,
  };
}
