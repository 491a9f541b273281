import type { ApprovalPlan } from '../../core/approval/plan.ts';
import type { Terms } from '../../core/approval/terms.ts';
import { dayOf } from '../../core/calendar/local-day.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Problem } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import { type UnverifiedFact, unverifiedFacts } from './account-facts.ts';
import { type Alternative, alternativesOf } from './alternatives.ts';
import type { ApprovalPolicy } from './approval-policy.ts';
import type { LevelTrace } from './build-plan.ts';
import { withCarryOver } from './carry-over.ts';
import { computeRoute, type Disposition } from './compute-route.ts';
import type { Reason } from './conclude.ts';
import { dueInstantsOf, type LevelDue } from './due.ts';
import { type Exclusion, exclusionsOf } from './exclusions.ts';
import { explainRules, type RuleTrace } from './explain-rules.ts';
import { readFacts } from './fields.ts';
import type { OnceEach } from './once-each.ts';
import { type ApprovalRequest, inCanonicalOrder } from './request.ts';
import { confidenceOf, type Doubt, type Risk, riskOf } from './score.ts';
import { termsOf } from './terms-of.ts';

/** What the engine is asked. The request has been parsed, the policy and the directory loaded. */
export interface RoutingQuestion {
  readonly request: ApprovalRequest;
  readonly policy: ApprovalPolicy;
  readonly directory: LoadedDirectory;
  /** Person id of whoever asks. */
  readonly requester: string;
  readonly instant: Instant;
}

/** Who must approve, in what order, by when, and why. Pure data with a JSON form. */
export interface RoutingResult {
  readonly schema: 'countersign/routing-result/1';
  readonly policyVersion: string;
  readonly disposition: Disposition;
  /** Why it is denied, approved automatically, or given to the fallback level. */
  readonly reasons: readonly Reason[];
  /** Why it cannot be routed; empty otherwise. */
  readonly problems: readonly Problem[];
  /** Present when people must approve and may. */
  readonly plan?: ApprovalPlan;
  /** Every rule of the policy, fired or not, in the policy's order. */
  readonly rules: readonly RuleTrace[];
  /** How each level came to its seats. */
  readonly levels: readonly LevelTrace[];
  /** What was done about people whom two levels ask for. */
  readonly onceEach: readonly OnceEach[];
  /** Levels for which approvals given in other levels count. */
  readonly satisfied: readonly { readonly levelId: string; readonly because: readonly string[] }[];
  readonly excluded: readonly Exclusion[];
  readonly risk: Risk;
  readonly confidenceBasisPoints: number;
  readonly confidenceReasons: readonly Doubt[];
  readonly unverifiedFacts: readonly UnverifiedFact[];
  /** When each level would be due, were all opened at the question's instant. */
  readonly dueInstants: readonly LevelDue[];
  readonly whatWouldChange: readonly Alternative[];
  readonly terms: Terms;
  /** Comparisons made and people looked at. */
  readonly workUnits: number;
}

/**
 * Routes a request for approval. Pure: the same question gives the same bytes, whatever the order of keys and sets, the
 * time zone and the locale. A request nobody may approve is a value (`unroutable` with problems), not an error.
 * @throws NotFound when the directory does not know the requester.
 */
export function routeApproval({
  request: asSent,
  policy,
  directory,
  requester,
  instant,
}: RoutingQuestion): RoutingResult {
  const requesterName = directory.requirePerson(requester).name;
  const request = inCanonicalOrder(asSent);
  const facts = readFacts(request);
  const unverified = unverifiedFacts(request, directory);
  const work = { units: 0 };
  const excluded = exclusionsOf(request, requester, policy, directory, instant);
  const { amount } = request;
  // What the directory knows outweighs what the request says; both are excluded from deciding.
  const recordOwner = directory.account(request.account.id)?.recordOwner ?? request.recordOwner;
  const hearing = { directory, requester, recordOwner, excluded, amount, at: instant, work };
  const route = computeRoute(facts, unverified, policy, hearing);
  const { seating, decision, conclusion } = route;
  const risk = riskOf(facts, unverified, policy, work);
  const whatWouldChange = alternativesOf(facts, route, policy, directory, (other) =>
    computeRoute(other, unverified, policy, hearing),
  );
  const plan =
    seating.plan &&
    withCarryOver(seating.plan, { request, requester, recordOwner, facts, policy, route, day: dayOf(instant) });
  return {
    schema: 'countersign/routing-result/1',
    policyVersion: policy.version,
    disposition: route.disposition,
    reasons: conclusion.reasons,
    problems: seating.problems,
    ...(plan === undefined ? {} : { plan }),
    rules: explainRules(facts, policy, dayOf(instant)),
    levels: seating.levels,
    onceEach: seating.onceEach,
    satisfied: seating.satisfied,
    excluded,
    risk,
    ...confidenceOf(decision, unverified),
    unverifiedFacts: unverified,
    dueInstants: plan === undefined ? [] : dueInstantsOf(plan, directory, instant),
    whatWouldChange,
    terms: termsOf(request, facts, unverified, policy, requesterName),
    workUnits: work.units,
  };
}
