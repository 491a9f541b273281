import type { Json } from '../../lib/core/json.ts';
import type { LinearSolver } from '../../lib/core/linear-problem.ts';
import { makePlan, preflight } from '../../lib/engines/scheduling/plan/make-plan.ts';
import type { Plan, PlanResult, ScheduledTouch } from '../../lib/engines/scheduling/plan/plan.ts';
import { planInPods, preflightInPods } from '../../lib/engines/scheduling/plan/pods/plan-in-pods.ts';
import { parsePodAnswer } from '../../lib/engines/scheduling/plan/pods/pod-work.ts';
import { tooLarge } from '../../lib/engines/scheduling/plan/preflight.ts';
import type { PlanRequest } from '../../lib/engines/scheduling/plan/request-shape.ts';
import { reportFiles } from '../../lib/engines/scheduling/report/files.ts';
import type { SkillOutput } from '../../lib/platform/skill/define-skill.ts';
import type { PodsWanted } from '../../lib/platform/skill/pods.ts';
import type { SkillResult, TraceEntry } from '../../lib/platform/skill/skill-result.ts';
import { assess } from './assess.ts';
import type { SchedulingContext } from './context.ts';
import { effectiveRequest, sizeProblems } from './effective-request.ts';
import { factsOf, type PlanFacts } from './facts.ts';
import { inForceOf, isOfTeam, traceOfInForce } from './in-force.ts';
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
  if (input.plan.previous === undefined || !isOfTeam(handedOver, skill, input.team.id)) return undefined;
  const { executionId, primaryArtifact } = handedOver;
  return { executionId, primaryArtifact: primaryArtifact.digest };
}

/**
 * The plan as the next request takes it for the plan in force. Nothing is promised until somebody says so, and a promise that this plan
 * breaks is none for the new time.
 */
function asPrevious(plan: Plan, request: PlanRequest): Json {
  const promised = new Map(
    request.previous?.slots.filter((slot) => slot.promised).map(({ touch, start }) => [touch, Date.parse(start)]),
  );
  const isPromised = ({ touch, start, moved }: ScheduledTouch): boolean =>
    !moved && promised.get(touch) === Date.parse(start);
  return plan.touches.flatMap((each) =>
    each.status === 'scheduled'
      ? [{ touch: each.touch, rep: each.rep, start: each.start, promised: isPromised(each) }]
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
  const inForce = inForceOf({ handedOver: context.handedOver, team: input.team.id, instant }, request, skill);
  const triggers = triggersOf({ facts, policy, certificate, inForce });
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
    terms: termsOfPlan({ input, request, requesterName }, facts, policy, made, inForce),
    ...(asked && seats.plan !== undefined ? { plan: seats.plan } : {}),
    ...assess(policy, facts, certificate, inForce),
    trace: [
      ...traceOf(plan, new Map(explanation.touches.map(({ touch, why }) => [touch, why]))),
      ...traceOfInForce(inForce),
    ],
    workUnits: moves + iterations * UNITS.iteration + rounds * UNITS.round + request.touches.length + seats.workUnits,
    nextHop: 'orchestrator:publish-calendars',
  };
}

/** Plans in pods, each of which is solved apart: what is missing is wanted until there is a plan. */
function inPods({ solved, configuration }: SchedulingContext, request: PlanRequest): PlanResult | PodsWanted {
  const result = planInPods(request, configuration.sizes.pod, (work) => {
    const answer = solved(json(work));
    return answer === undefined ? undefined : parsePodAnswer(answer);
  });
  return 'wants' in result ? { wants: result.wants.map(json) } : result;
}

/**
 * Plans a team's week within the work that the policy allows, and says whether anybody has to agree. What is larger than a pod of the
 * policy, or than one plan may weigh, is planned in pods.
 * @param skill its own name: the packet of one of its executions links a change to the plan in force.
 * @throws InvalidInput with every problem of the request.
 */
export async function execute(
  context: SchedulingContext,
  skill: string,
  load: () => Promise<LinearSolver>,
): Promise<SkillOutput> {
  const { input, configuration: policy } = context;
  const request = effectiveRequest(input, policy);
  const beyond = sizeProblems(request, policy);
  const isSplit = beyond.length === 0 && (request.touches.length > policy.sizes.pod || tooLarge(request).length > 0);
  const found = beyond.length > 0 ? undefined : isSplit ? preflightInPods(request) : preflight(request);
  const problems = [
    ...beyond,
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
  const made = isSplit
    ? inPods(context, request)
    : makePlan(request, request.budget.iterations === 0 ? undefined : await load());
  if ('wants' in made) return made;
  if (made.standing === 'refused') return blocked(context, request, made.problems, refused);
  return published(context, request, made, factsOf(request, policy, made.plan), skill);
}
