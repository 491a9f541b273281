import type { PlanCertificate } from '../plan/certificate.ts';
import type { PlanExplanation } from '../plan/explanation.ts';
import { localMinute, MINUTES_A_DAY, minuteOf } from '../plan/local-time.ts';
import type { DeferredTouch, InfeasibleTouch, Plan, ScheduledTouch } from '../plan/plan.ts';
import type { Account, PlanRequest, Rep, Touch } from '../plan/request-shape.ts';

/** What reports are written from: a plan with its request. */
export interface Reported {
  /** Whose plan it is, for people. */
  readonly title: string;
  readonly request: PlanRequest;
  readonly plan: Plan;
  readonly certificate?: PlanCertificate;
  readonly explanation: PlanExplanation;
}

/** A file of a report: text in UTF-8. */
export interface ReportFile {
  /** A relative path with `/`: `calendars/anna.ics`. */
  readonly name: string;
  readonly mediaType: string;
  readonly text: string;
}

/** A touch that is scheduled, with what the request says of it. */
export interface Appointment extends ScheduledTouch {
  readonly asked: Touch;
  readonly of: Account;
}

/** Looks up what a plan refers to. */
export class Lookup {
  readonly touches: ReadonlyMap<string, Touch>;
  readonly reps: ReadonlyMap<string, Rep>;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly why: ReadonlyMap<string, string>;

  constructor({ request, explanation }: Reported) {
    this.touches = new Map(request.touches.map((each) => [each.id, each]));
    this.reps = new Map(request.reps.map((each) => [each.id, each]));
    this.accounts = new Map(request.accounts.map((each) => [each.id, each]));
    this.why = new Map(explanation.touches.map(({ touch, why }) => [touch, why]));
  }

  /** What is scheduled, by rep and time. */
  appointments(plan: Plan): Map<string, Appointment[]> {
    const all = plan.touches.flatMap((each): Appointment[] => {
      const [asked, of] = [this.touches.get(each.touch), this.accounts.get(each.account)];
      return each.status !== 'scheduled' || asked === undefined || of === undefined ? [] : [{ ...each, asked, of }];
    });
    all.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.touch < b.touch ? -1 : 1));
    return Map.groupBy(all, ({ rep }) => rep);
  }
}

export function deferredOf(plan: Plan): DeferredTouch[] {
  return plan.touches
    .filter((each): each is DeferredTouch => each.status === 'deferred')
    .toSorted((a, b) => b.expectedLoss - a.expectedLoss || (a.touch < b.touch ? -1 : 1));
}

export function infeasibleOf(plan: Plan): InfeasibleTouch[] {
  return plan.touches.filter((each): each is InfeasibleTouch => each.status === 'infeasible');
}

/** What the wall clock of a zone shows at an instant: `09:30`. */
export function clockAt(instant: string, timeZone: string): string {
  const minute = ((localMinute(minuteOf(instant), timeZone) % MINUTES_A_DAY) + MINUTES_A_DAY) % MINUTES_A_DAY;
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
