import type { Json } from '../../lib/core/json.ts';
import type { LinearSolver } from '../../lib/core/linear-problem.ts';
import { makePlan, preflight } from '../../lib/engines/scheduling/plan/make-plan.ts';
import type { Plan, PlanResult } from '../../lib/engines/scheduling/plan/plan.ts';
import type { PlanRequest } from '../../lib/engines/scheduling/plan/request-shape.ts';
import { reportFiles } from '../../lib/engines/scheduling/report/files.ts';
import type { SkillResult, TraceEntry } from '../../lib/platform/skill/skill-result.ts';
import { assess } from './assess.ts';
import type { SchedulingContext } from './context.ts';
import { effectiveRequest, sizeProblems } from './effective-request.ts';
import { factsOf, type PlanFacts } from './facts.ts';
import { planFor } from './plan.ts';
import { blocked, pinProblems } from './refusal.ts';
import { termsOfPlan } from './terms.ts';
import { triggersOf } from './triggers.ts';

type Made = Exclude<PlanResult, { readonly standing: 'refused' }>;

export const ARTIFACT_SCHEMA = 'countersign/schedule/1';

/** Iterations of the simplex method and rounds of prices weigh more than moves. */
const UNITS = { iteration: 20, round: 200 } as const;

const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** Why every touch is where it is, and why those that are nowhere are not. */
function traceOf(plan: Plan, why: ReadonlyMap<string, string>): TraceEntry[] {
  return plan.touches.map((each) => {
    const reason = 'reason' in each ? `${each.reason.message} ${each.reason.mend}` : '';
    const because = each.status === 'infeasible' ? reason : (why.get(each.touch) ?? reason);
    const place =
      each.status === 'scheduled'
        ? { rep: each.rep, start: each.start }
        : { code: 'reason' in each ? each.reason.code : 'done' };
    return {
      id: `touch:${each.touch}`,
      met: each.status === 'scheduled' || each.status === 'done',
      because: because === '' ? 'It is done.' : because,
      detail: { status: each.status, ...place },
    };
  });
}

/** The plan that is replaced: the published execution whose packet came along. */
function parentOf({ handedOver, input }: SchedulingContext, skill: string): Json | undefined {
  if (input.plan.previous === undefined || handedOver?.skill !== skill) return undefined;
  const { executionId, primaryArtifact } = handedOver;
  return { executionId, primaryArtifact: primaryArtifact.digest };
}

/** The plan as the next request takes it for the plan in force; nothing is promised until somebody says so. */
function asPrevious(plan: Plan, request: PlanRequest): Json {
  const promised = new Set(request.previous?.slots.filter((slot) => slot.promised).map(({ touch }) => touch));
  return plan.touches.flatMap((each) =>
    each.status === 'scheduled'
      ? [{ touch: each.touch, rep: each.rep, start: each.start, promised: promised.has(each.touch) }]
      : [],
  );
}

function published(
  context: SchedulingContext,
  request: PlanRequest,
  made: Made,
  facts: PlanFacts,
  skill: string,
): SkillResult {
  const { input, configuration: policy, directory, requester, instant } = context;
  const { plan, certificate, explanation, standing } = made;
  const parent = parentOf(context, skill);
  const isUnlinked = request.previous !== undefined && parent === undefined;
  const triggers = triggersOf({ facts, policy, certificate, isUnlinked });
  const recordOwner = input.recordOwner ?? requester.personId;
  const seats = planFor({ policy, triggers, directory, requester: requester.personId, recordOwner, instant });
  const requesterName = directory.requirePerson(requester.personId).name;
  const title = `${input.team.name}, from ${request.horizon.start}`;
  const { moves, iterations, rounds } = plan.spent;
  const asked = triggers.length > 0;
  const isStuck = asked && seats.plan === undefined;
  return {
    verdict: isStuck ? 'block' : asked ? 'approve' : 'publish',
    reasons: [
      ...triggers.map(({ code, message, pointer }) => ({ code, message, pointer })),
      ...(asked ? seats.problems : []).map(({ code, message, pointer }) => ({ code, message, pointer })),
    ],
    artifact: json({
      schema: ARTIFACT_SCHEMA,
      team: input.team.id,
      standing,
      ...(parent === undefined ? {} : { replaces: parent }),
      budget: request.budget,
      floors: request.floors,
      plan,
      certificate,
      explanation,
      savings: plan.baseline,
      facts,
      infeasible: facts.infeasible,
      next: asPrevious(plan, request),
      ...(asked ? { levels: seats.levels, excluded: seats.excluded } : {}),
      files: reportFiles(
        { title, request, plan, ...(certificate === undefined ? {} : { certificate }), explanation },
        { team: input.team.id, madeAt: instant },
      ),
    }),
    terms: termsOfPlan({ input, request, requesterName }, facts, policy, made),
    ...(asked && seats.plan !== undefined ? { plan: seats.plan } : {}),
    ...assess(policy, facts, certificate),
    trace: traceOf(plan, new Map(explanation.touches.map(({ touch, why }) => [touch, why]))),
    workUnits: moves + iterations * UNITS.iteration + rounds * UNITS.round + request.touches.length + seats.workUnits,
    nextHop: 'orchestrator:publish-calendars',
  };
}

/**
 * Plans a team's week within the work that the policy allows, and says whether anybody has to agree.
 * @param skill its own name: the packet of one of its executions links a change to the plan in force.
 * @throws InvalidInput with every problem of the request.
 */
export async function execute(
  context: SchedulingContext,
  skill: string,
  load: () => Promise<LinearSolver>,
): Promise<SkillResult> {
  const { input, configuration: policy } = context;
  const request = effectiveRequest(input, policy);
  const tooLarge = sizeProblems(request, policy);
  const found = tooLarge.length > 0 ? undefined : preflight(request);
  const problems = [
    ...tooLarge,
    ...(found?.problems ?? []).map((each) => ({ ...each, pointer: `/input/plan${each.pointer}` })),
    ...pinProblems(request, found?.infeasible ?? []),
  ];
  const refused = json({
    schema: ARTIFACT_SCHEMA,
    team: input.team.id,
    standing: 'refused',
    problems,
    infeasible: found?.infeasible ?? [],
  });
  if (problems.length > 0) return blocked(context, request, problems, refused);
  const made = makePlan(request, request.budget.iterations === 0 ? undefined : await load());
  if (made.standing === 'refused') return blocked(context, request, made.problems, refused);
  return published(context, request, made, factsOf(request, policy, made.plan), skill);
}
