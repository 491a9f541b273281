import { type Terms, type TermsLine, UNVERIFIED_LABEL } from '../../lib/core/approval/terms.ts';
import { formatBasisPoints, formatMoney } from '../../lib/core/money.ts';
import type { PlanCertificate } from '../../lib/engines/scheduling/plan/certificate.ts';
import { changeLine, changesOf } from '../../lib/engines/scheduling/plan/changes.ts';
import type { PlanExplanation } from '../../lib/engines/scheduling/plan/explanation.ts';
import type { DeferredTouch, InfeasibleTouch, Plan } from '../../lib/engines/scheduling/plan/plan.ts';
import type { PlanRequest } from '../../lib/engines/scheduling/plan/request-shape.ts';
import type { Reason } from '../../lib/platform/skill/skill-result.ts';
import type { SchedulingPolicy } from './configuration.ts';
import type { PlanFacts } from './facts.ts';
import type { InForce } from './in-force.ts';
import type { SchedulingRequest } from './input.ts';

/** A page holds 60 lines; each part has its share, and says how many more there are. */
const MOST = { deferred: 12, infeasible: 8, promises: 8, differences: 3, limits: 6, prices: 6, problems: 20 };

const clip = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

function line(label: string, value: string, differs = false, policy?: string): TermsLine {
  return {
    label: clip(label, 80),
    value: clip(value, 400),
    ...(policy === undefined ? {} : { policy: clip(policy, 400) }),
    differs,
  };
}

function limited<T>(items: readonly T[], most: number, write: (item: T) => TermsLine, noun: string): TermsLine[] {
  const hidden = items.length - most;
  const more = hidden > 0 ? [line(`More ${noun}`, `${hidden} more, in the report of the plan`, true)] : [];
  return [...items.slice(0, most).map(write), ...more];
}

/** Who asks for which team's plan. */
interface Asked {
  readonly input: SchedulingRequest;
  readonly request: PlanRequest;
  readonly requesterName: string;
}

function headOf({ input, request, requesterName }: Asked): Omit<Terms, 'lines'> {
  const { start, days } = request.horizon;
  return {
    schema: 'countersign/terms/1',
    kind: request.previous === undefined ? 'Plan of touches' : 'Change of the plan in force',
    accountName: input.team.name,
    requesterName,
    summary: clip(
      `The plan of ${input.team.name} for ${days} day(s) from ${start}, asked for by ${requesterName}.`,
      300,
    ),
    justification: input.justification,
  };
}

function sizeLine({ request }: Asked): TermsLine {
  const { touches, reps, accounts, horizon } = request;
  const what = `${touches.length} touches, ${reps.length} people, ${accounts.length} accounts`;
  return line('Request', `${what}; ${horizon.days} day(s) from ${horizon.start}`);
}

/** Whether the plan in force is what the request says: moves and promises are counted by it. */
function inForceLines(inForce: InForce): TermsLine[] {
  if (inForce.kind === 'none') return [];
  if (inForce.kind === 'unlinked') return [line(UNVERIFIED_LABEL, inForce.message, true)];
  const { executionId, slots, differences } = inForce;
  const known = `${slots} slots of ${executionId}`;
  const others = differences.filter(({ code }) => code !== 'promise-stated');
  const promised = differences.filter(({ code }) => code === 'promise-stated').map(({ touch }) => touch);
  return [
    others.length === 0
      ? line('Plan in force', `${known}, stated as they were published`)
      : line('Plan in force', `${known}; ${others.length} stated otherwise`, true, 'as it was published'),
    ...limited(
      others,
      MOST.differences,
      ({ touch, message }) => line(`Stated otherwise: ${touch}`, message, true),
      'that are stated otherwise',
    ),
    ...(promised.length === 0
      ? []
      : [
          line(
            UNVERIFIED_LABEL,
            `${promised.length} promise(s) made since, by the requester's word: ${promised.join(', ')}`,
            true,
          ),
        ]),
  ];
}

/** What a lead reads of a plan that there is. */
export function termsOfPlan(
  asked: Asked,
  facts: PlanFacts,
  policy: SchedulingPolicy,
  made: { readonly plan: Plan; readonly certificate?: PlanCertificate; readonly explanation: PlanExplanation },
  inForce: InForce,
): Terms {
  const { plan, certificate, explanation } = made;
  const money = (minorUnits: number): string => formatMoney({ currency: plan.currency, minorUnits });
  const { totals, baseline } = plan;
  const deferred = plan.touches
    .filter((each): each is DeferredTouch => each.status === 'deferred')
    .toSorted((a, b) => b.expectedLoss - a.expectedLoss || (a.touch < b.touch ? -1 : 1));
  const infeasible = plan.touches.filter((each): each is InfeasibleTouch => each.status === 'infeasible');
  const gap = certificate?.gapBasisPoints;
  const proved =
    gap === undefined
      ? 'nothing is proved about better plans'
      : `no plan is better by more than ${formatBasisPoints(gap)}, which is proved`;
  const waits = facts.deferredRevenue;
  const threshold = facts.deferredThreshold;
  const isBeyond = waits.minorUnits > (threshold?.minorUnits ?? 0);
  const changes = changesOf(asked.request, plan);
  const head = headOf(asked);
  return {
    ...head,
    ...(changes === undefined ? {} : { summary: clip(`${head.summary} What changes: ${changeLine(changes)}.`, 300) }),
    lines: [
      sizeLine(asked),
      line('Scheduled', `${totals.scheduled} touches; ${totals.deferred} wait`),
      line(
        'Revenue that waits',
        formatMoney(waits),
        isBeyond,
        threshold === undefined
          ? `no threshold in ${waits.currency}`
          : `up to ${formatMoney(threshold)} without asking`,
      ),
      line(
        'Expected loss',
        `${money(totals.expectedLoss)}; in the worst tenth of cases ${money(totals.conditionalValueAtRisk)}`,
      ),
      line(
        'Saved against highest risk first',
        `${money(baseline.saves)} (${formatBasisPoints(baseline.savesBasisPoints)}); of the expected loss alone ${money(baseline.savesExpectedLoss)}`,
      ),
      line(
        'How good it is',
        `${plan.standing}: ${proved}`,
        gap === undefined || gap > policy.widestGapBasisPoints,
        `proved to ${formatBasisPoints(policy.widestGapBasisPoints)}`,
      ),
      ...(changes === undefined ? [] : [line('What changed', changeLine(changes))]),
      ...inForceLines(inForce),
      ...limited(
        [...facts.brokenPromises, ...(facts.retimedPromises ?? [])],
        MOST.promises,
        (touch) => line(`Promise broken: ${touch}`, 'the customer was told another time', true),
        'broken promises',
      ),
      ...plan.floors.map(({ segment, feasible, required, served, missing }) =>
        line(
          `Served: ${segment}`,
          `${served} of ${feasible}`,
          missing > 0 || facts.loweredFloors.includes(segment),
          `at least ${required}${facts.loweredFloors.includes(segment) ? ', which is less than the policy asks for' : ''}`,
        ),
      ),
      ...limited(
        facts.looseLimits,
        MOST.limits,
        ({ rep, limit, asked: wanted, allowed }) =>
          line(`Limit of ${rep}: ${limit}`, String(wanted), true, String(allowed)),
        'limits of dignity',
      ),
      ...limited(
        infeasible,
        MOST.infeasible,
        ({ touch, account, reason }) =>
          line(`Cannot be scheduled: ${touch}`, `${account}: ${reason.message} ${reason.mend}`, true),
        'that cannot be scheduled',
      ),
      ...limited(
        deferred,
        MOST.deferred,
        ({ touch, account, expectedLoss, reason }) =>
          line(`Waits: ${touch}`, `${account}, expected loss ${money(expectedLoss)}: ${reason.message}`, true),
        'that wait',
      ),
      ...explanation.prices.slice(0, MOST.prices).map(({ limit, sentence }) => line(`Price: ${limit}`, sentence)),
    ],
  };
}

/** What is told of a request for which no plan is made. */
export function termsOfRefusal(asked: Asked, reasons: readonly Reason[]): Terms {
  return {
    ...headOf(asked),
    lines: [
      sizeLine(asked),
      ...limited(reasons, MOST.problems, ({ code, message }) => line(`No plan: ${code}`, message, true), 'reasons'),
    ],
  };
}
