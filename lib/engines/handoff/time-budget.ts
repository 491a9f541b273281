import type { ApprovalPlan } from '../../core/approval/plan.ts';
import { formatLocal, type WorkingTime } from '../../core/calendar/business-time.ts';
import { InvalidInput, type Problem } from '../../core/errors.ts';
import { epochMilliseconds, type Instant, instantAt } from '../../core/instant.ts';
import { pointer } from '../../core/json.ts';
import type { ContractDocument } from './contract-document.ts';
import { Timeline } from './timeline.ts';
import { type Duration, describeDuration } from './words.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** One hop of a chain: a contract by its own calendar, and the approvals that come before its offer. */
export interface Hop {
  readonly contract: Pick<ContractDocument, 'id' | 'version' | 'times' | 'bounceBudget'>;
  readonly working: WorkingTime;
  readonly approval?: { readonly plan: ApprovalPlan; readonly workingTimeOf: (personId: string) => WorkingTime };
}

export interface TimeBudget {
  readonly hops: readonly Hop[];
  /** What is left of the promise to the customer when the chain begins. */
  readonly promise: { readonly within: Duration; readonly working: WorkingTime };
  /** The first instant at which the chain may begin; whole minutes. */
  readonly from: Instant;
  /** For how many days it may begin; a week unless said otherwise. */
  readonly days?: number;
}

/** One summand of the arithmetic. */
export interface BudgetLine {
  /** JSON Pointer into the list of hops. */
  readonly pointer: string;
  readonly label: string;
  readonly takes: string;
  readonly from: Instant;
  readonly to: Instant;
  /** Clock minutes that it takes, rounded up. */
  readonly minutes: number;
}

export interface TimeBudgetProof {
  readonly fits: boolean;
  /** The start at which the least is left. */
  readonly start: Instant;
  readonly end: Instant;
  readonly promiseDue: Instant;
  /** Whole clock minutes between the end and the promise at that start; negative when it does not fit. */
  readonly slackMinutes: number;
  readonly lines: readonly BudgetLine[];
  /** The arithmetic for people, in the time zone of the promise. */
  readonly arithmetic: readonly string[];
  /** How many returns in every hop (up to its bounce budget) still fit; -1 when not even none does. */
  readonly returnsThatFit: number;
  /** How many starts were computed: every whole minute, and the millisecond after it. */
  readonly starts: number;
  /** Empty when it fits. */
  readonly problems: readonly Problem[];
}

interface Step {
  readonly pointer: string;
  readonly label: string;
  readonly takes: string;
  readonly run: (at: number) => number;
}

/** Timelines by calendar and zone, for one proof. */
class Timelines {
  readonly #made = new Map<string, Timeline>();
  readonly #from: number;

  constructor(from: number) {
    this.#from = from;
  }

  of(working: WorkingTime): Timeline {
    const key = JSON.stringify([working.timeZone, working.calendar]);
    const made = this.#made.get(key) ?? new Timeline(working, this.#from);
    this.#made.set(key, made);
    return made;
  }
}

/**
 * Approvals at their slowest: stages one after the other, levels of a stage side by side, each level with all of its escalation
 * steps, each person by their own working time, the slowest counting.
 */
function approvalStep({ contract, approval }: Hop, index: number, timelines: Timelines): Step[] {
  if (approval === undefined) return [];
  const { plan, workingTimeOf } = approval;
  type Seats = readonly { readonly approver: string }[];
  const slowest = (seats: Seats, minutes: number): ((at: number) => number) => {
    const each = seats.map(({ approver }) => timelines.of(workingTimeOf(approver)));
    return (at) => Math.max(...each.map((line) => line.add(at, { businessMinutes: minutes })));
  };
  const stages = plan.stages.map(({ levels }) =>
    levels.map(({ seats, serviceLevelBusinessMinutes, escalation }) => {
      // Seats that join do not free those who were asked before from their own calendars.
      let asked: Seats = seats;
      const parts = [slowest(asked, serviceLevelBusinessMinutes)];
      for (const step of escalation) {
        asked = [...asked, ...step.seats];
        parts.push(slowest(asked, step.serviceLevelBusinessMinutes));
      }
      return (at: number): number => parts.reduce((now, part) => part(now), at);
    }),
  );
  const run = (at: number): number =>
    stages.reduce((now, levels) => Math.max(...levels.map((level) => level(now))), at);
  const count = plan.stages.length;
  return [
    {
      pointer: pointer('', index, 'approval'),
      label: `${contract.id}: approval`,
      takes: `${count} stage(s) with escalation`,
      run,
    },
  ];
}

function timeSteps(
  { contract, working }: Hop,
  index: number,
  timelines: Timelines,
  names: readonly (keyof ContractDocument['times'])[],
): Step[] {
  const line = timelines.of(working);
  return names.map((name) => {
    const length = contract.times[name];
    return {
      pointer: pointer('', index, 'contract', 'times', name),
      label: `${contract.id}: ${name}`,
      takes: describeDuration(length),
      run: (at) => line.add(at, length),
    };
  });
}

/** The clocks of a hop. The next one begins when what was delivered has been looked at; the customer does not wait for that after the last. */
const WAY = ['acknowledgement', 'acceptance', 'delivery'] as const;
const ON = ['verification'] as const;

/** A return at its worst comes at the end of the delivery: the sender answers with another packet, which goes the whole way again. */
function stepsOf(hops: readonly Hop[], timelines: Timelines, returns: number): Step[] {
  return hops.flatMap((hop, index) => {
    const way = [...approvalStep(hop, index, timelines), ...timeSteps(hop, index, timelines, WAY)];
    const again = [...timeSteps(hop, index, timelines, ['clarification']), ...way];
    return [
      ...way,
      ...Array.from({ length: Math.min(returns, hop.contract.bounceBudget) }, () => again).flat(),
      ...(index < hops.length - 1 ? timeSteps(hop, index, timelines, ON) : []),
    ];
  });
}

interface Worst {
  readonly start: number;
  readonly end: number;
  readonly promiseDue: number;
  readonly starts: number;
}

/**
 * The start with the least slack. Calendars, zones and times change on whole minutes, so between two whole minutes end and promise
 * both stand still or move with the start: the least slack is at a whole minute or right after one, and nothing lies between.
 */
function worstStart({ promise, from, days = 7 }: TimeBudget, steps: readonly Step[], timelines: Timelines): Worst {
  const promised = timelines.of(promise.working);
  const begin = epochMilliseconds(from);
  let worst: Worst | undefined;
  let starts = 0;
  for (let minute = begin; minute < begin + days * DAY; minute += MINUTE) {
    for (const start of [minute, minute + 1]) {
      starts += 1;
      const end = steps.reduce((now, { run }) => run(now), start);
      const promiseDue = promised.add(start, promise.within);
      const slack = promiseDue - end;
      const least = worst === undefined ? Number.POSITIVE_INFINITY : worst.promiseDue - worst.end;
      // Of starts that are equally bad, one on a whole minute is easier to follow.
      const clearer = slack === least && worst !== undefined && worst.start % MINUTE !== 0 && start % MINUTE === 0;
      if (slack < least || clearer) worst = { start, end, promiseDue, starts };
    }
  }
  if (worst === undefined) throw new RangeError(`The chain must be able to begin on at least one day: ${days}`);
  return { ...worst, starts };
}

function linesOf(steps: readonly Step[], start: number): BudgetLine[] {
  let now = start;
  return steps.map(({ pointer: at, label, takes, run }) => {
    const from = now;
    now = run(from);
    return {
      pointer: at,
      label,
      takes,
      from: instantAt(from),
      to: instantAt(now),
      minutes: Math.ceil((now - from) / MINUTE),
    };
  });
}

function arithmeticOf(
  { promise }: TimeBudget,
  lines: readonly BudgetLine[],
  { start, end, promiseDue }: Worst,
): string[] {
  const local = (at: number): string => formatLocal(instantAt(at), promise.working.timeZone);
  const whole = Math.ceil((end - start) / MINUTE);
  const allowed = Math.floor((promiseDue - start) / MINUTE);
  return [
    `Worst start: ${local(start)}.`,
    ...lines.map(
      ({ label, takes, to, minutes }) => `+ ${minutes} min  ${label} (${takes}), until ${local(epochMilliseconds(to))}`,
    ),
    `= ${whole} min from start to end, ${local(end)}.`,
    `Promise: ${describeDuration(promise.within)} are ${allowed} min from that start, until ${local(promiseDue)}.`,
    end <= promiseDue
      ? `It fits: ${allowed - whole} min are left.`
      : `It does not fit: ${whole - allowed} min are missing.`,
  ];
}

/**
 * Proves that a chain of hops fits what is left of the promise to the customer, if every party uses up its whole time, whenever in
 * the week it begins, or gives the start at which it does not and the arithmetic. Returns are not part of the proof; how many
 * would still fit is told beside it.
 * @throws InvalidInput (`no-hops`, `whole-minutes`, `no-working-time`).
 */
export function proveTimeBudget(budget: TimeBudget): TimeBudgetProof {
  const refuse = (code: string, message: string, mend: string): never => {
    throw new InvalidInput(message, [{ pointer: '', code, message, mend }]);
  };
  if (budget.hops.length === 0) refuse('no-hops', 'A chain has at least one hop.', 'Name its contracts.');
  if (epochMilliseconds(budget.from) % MINUTE !== 0)
    refuse('whole-minutes', 'The first start is not a whole minute.', 'Give one.');
  const timelines = new Timelines(epochMilliseconds(budget.from));
  const worstWith = (returns: number): Worst => worstStart(budget, stepsOf(budget.hops, timelines, returns), timelines);
  const worst = worstWith(0);
  const fits = worst.end <= worst.promiseDue;
  const most = Math.max(...budget.hops.map(({ contract }) => contract.bounceBudget));
  let returnsThatFit = fits ? 0 : -1;
  while (fits && returnsThatFit < most) {
    const next = worstWith(returnsThatFit + 1);
    if (next.end > next.promiseDue) break;
    returnsThatFit += 1;
  }
  const lines = linesOf(stepsOf(budget.hops, timelines, 0), worst.start);
  const slackMinutes = Math.floor((worst.promiseDue - worst.end) / MINUTE);
  const longest = lines.toSorted((a, b) => b.minutes - a.minutes)[0];
  return {
    fits,
    start: instantAt(worst.start),
    end: instantAt(worst.end),
    promiseDue: instantAt(worst.promiseDue),
    slackMinutes,
    lines,
    arithmetic: arithmeticOf(budget, lines, worst),
    returnsThatFit,
    starts: worst.starts,
    problems: fits
      ? []
      : [
          {
            pointer: longest?.pointer ?? '',
            code: 'time-budget-exceeded',
            message: `The chain can end ${-slackMinutes} minutes after what the customer was promised.`,
            mend: `Shorten its times, beginning with the longest (${longest?.label ?? ''}), or promise less.`,
          },
        ],
  };
}

/** What readiness asks: the clock minutes that the promise leaves, and that the rest of the way takes at worst, from one instant. */
export function headroomAt(
  hops: readonly Hop[],
  promiseDue: Instant,
  at: Instant,
): { remainingMinutes: number; neededMinutes: number } {
  const start = epochMilliseconds(at);
  const end = stepsOf(hops, new Timelines(start), 0).reduce((now, { run }) => run(now), start);
  return {
    remainingMinutes: Math.floor((epochMilliseconds(promiseDue) - start) / MINUTE),
    neededMinutes: Math.ceil((end - start) / MINUTE),
  };
}
