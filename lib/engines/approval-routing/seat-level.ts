import { isEmployed } from '../../core/directory/employment.ts';
import type { Problem } from '../../core/errors.ts';
import type { Money } from '../../core/money.ts';
import type { Level } from './approval-policy.ts';
import { withReportingLine } from './exclusions.ts';
import { byText, sortedUnique } from './order.ts';
import type { ApproverSelector } from './policy-document.ts';
import { type Hearing, isSeat, type Refusal, type Seat, seatAbove, seatOf } from './seat.ts';

/** The plan's contract holds so many seats a level. */
export const MOST_SEATS = 20;

/** What became of one person whom the policy named for a level. */
export interface CandidateTrace {
  readonly principal: string;
  /** `merged`: the approver already holds a seat of the level. `spare`: the level has all the seats it can hold. */
  readonly result: 'seated' | 'replaced' | 'dropped' | 'merged' | 'spare';
  readonly approver?: string;
  readonly code?: string;
  readonly message?: string;
}

/** A level with its people, before people who would sit twice are sorted out. */
export interface SeatedLevel {
  readonly level: Level;
  /** Approvals that settle the level. */
  readonly required: number;
  /** By approver id. */
  readonly seats: readonly Seat[];
  readonly minimumLimit?: Money;
  readonly because: readonly string[];
  readonly candidates: readonly CandidateTrace[];
}

/** The people a selector names at this instant. People who have left are no longer members of a role. */
function principalsOf(selector: ApproverSelector, { directory, requester, recordOwner, at }: Hearing): string[] {
  if ('person' in selector) return [selector.person];
  if ('role' in selector)
    return directory
      .membersOf(selector.role)
      .filter((person) => isEmployed(person, at))
      .map(({ id }) => id);
  const [start, depth] =
    'managerOfRequester' in selector
      ? [requester, selector.managerOfRequester]
      : [recordOwner, selector.managerOfRecordOwner];
  const person = directory.person(start);
  const managers = person === undefined ? [] : directory.managersOf(person);
  // A chain that ends early ends with the most senior person in it.
  const manager = managers[Math.min(depth, managers.length) - 1];
  return manager === undefined ? [] : [manager.id];
}

/** The hearing of a level, which excludes the requester's chain of command where the level must be independent of it. */
export function hearingOf(independent: boolean, hearing: Hearing): Hearing {
  if (!independent) return hearing;
  return { ...hearing, excluded: withReportingLine(hearing.excluded, hearing.requester, hearing.directory) };
}

/** Whether somebody above takes the place of a person who may not sit. */
function mayBeReplaced(level: Level, refusal: Refusal | undefined): boolean {
  return refusal?.code !== 'limit-too-low' || level.limitFallback === 'manager';
}

interface Hall {
  readonly seats: Seat[];
  readonly taken: Set<string>;
  readonly traces: Map<string, CandidateTrace>;
}

/** First everybody who may sit: those who sit for themselves before those who sit for others, so that delegates merge into them. */
function seatTheEligible(results: readonly (readonly [string, Seat | Refusal])[]): Hall {
  const hall: Hall = { seats: [], taken: new Set(), traces: new Map() };
  const eligible = results.flatMap(([, result]) => (isSeat(result) ? [result] : []));
  const inPerson = eligible.filter(({ principal, approver }) => principal === approver);
  const byDelegate = eligible.filter(({ principal, approver }) => principal !== approver);
  for (const seat of [...inPerson, ...byDelegate]) {
    const { principal, approver } = seat;
    const result = hall.taken.has(approver) ? 'merged' : hall.seats.length === MOST_SEATS ? 'spare' : 'seated';
    hall.traces.set(principal, { principal, result, approver });
    if (result !== 'seated') continue;
    hall.seats.push(seat);
    hall.taken.add(approver);
  }
  return hall;
}

/** Then the places of those who may not: everybody's under `all`, otherwise only as many as the quorum lacks. */
function replaceTheRest(
  level: Level,
  wanted: number,
  results: readonly (readonly [string, Seat | Refusal])[],
  hall: Hall,
  hearing: Hearing,
  minimumLimit: Money | undefined,
): void {
  const none: ReadonlySet<string> = new Set();
  for (const [principal, result] of results) {
    const refusal = isSeat(result) ? undefined : result;
    const trace = hall.traces.get(principal);
    if (trace !== undefined && trace.result !== 'merged') continue;
    const lacking = level.quorum === 'all' ? refusal !== undefined : hall.seats.length < wanted;
    // Under `all` one manager may stand for two people; to reach a number, it takes another person.
    const passOver = level.quorum === 'all' ? none : hall.taken;
    const substitute =
      lacking && hall.seats.length < MOST_SEATS && mayBeReplaced(level, refusal)
        ? seatAbove(principal, hearing, minimumLimit, passOver)
        : undefined;
    const why = refusal === undefined ? {} : { code: refusal.code, message: refusal.message };
    if (substitute === undefined) {
      if (refusal !== undefined) hall.traces.set(principal, { principal, result: 'dropped', ...why });
      continue;
    }
    hall.traces.set(principal, { principal, result: 'replaced', approver: substitute.approver, ...why });
    if (hall.taken.has(substitute.approver)) continue;
    hall.seats.push(substitute);
    hall.taken.add(substitute.approver);
  }
}

/** Why a level cannot be held with the people found: too few, too many, or under `all` a place that nobody may take. */
function shortfall(
  level: Level,
  wanted: number,
  found: number,
  candidates: readonly CandidateTrace[],
): Problem | undefined {
  const dropped = candidates.filter(({ result }) => result === 'dropped');
  const refusals = dropped.map(({ principal, message = '' }) => `${principal}: ${message}`).join(' ');
  const problem = (code: string, message: string, mend: string): Problem => ({ pointer: '', code, message, mend });
  if (found < wanted)
    return problem(
      'no-eligible-approver',
      `The level "${level.id}" needs ${wanted} eligible approver(s) and has ${found}. ${refusals}`.trim(),
      'Add somebody with the role and the limit to the directory, or change the level in the policy.',
    );
  if (level.quorum !== 'all') return undefined;
  if (candidates.some(({ result }) => result === 'spare'))
    return problem(
      'too-many-approvers',
      `The level "${level.id}" would need more than ${MOST_SEATS} people to agree.`,
      'Give the level a quorum of some of them, or a smaller role.',
    );
  // A seat that the policy gives up for its limit is not missed.
  if (dropped.every(({ code }) => code === 'limit-too-low' && level.limitFallback === 'refuse')) return undefined;
  return problem(
    'no-substitute',
    `The level "${level.id}" needs everybody it names, and nobody may take somebody's place. ${refusals}`,
    'Name people who have a manager who may decide, or give the level a quorum of some of them.',
  );
}

/**
 * Seats a level. Delegate and principal are one seat; whoever may not decide is replaced by the nearest manager who may:
 * always under the quorum `all`, otherwise only while the quorum lacks people. Ties are broken by the lowest person id.
 * @returns the seated level, or the problem when the people found cannot hold it.
 */
export function seatLevel(level: Level, because: readonly string[], general: Hearing): SeatedLevel | Problem {
  const hearing = hearingOf(level.independentOfReportingLine, general);
  const minimumLimit = level.minimumLimit === 'amount' ? hearing.amount : undefined;
  const principals = sortedUnique(level.approvers.flatMap((selector) => principalsOf(selector, hearing)));
  const results = principals.map((principal) => [principal, seatOf(principal, hearing, minimumLimit)] as const);
  const wanted = typeof level.quorum === 'object' ? level.quorum.atLeast : 1;
  const hall = seatTheEligible(results);
  replaceTheRest(level, wanted, results, hall, hearing, minimumLimit);
  const candidates = principals.flatMap((principal) => hall.traces.get(principal) ?? []);
  return (
    shortfall(level, wanted, hall.seats.length, candidates) ?? {
      level,
      required: level.quorum === 'all' ? hall.seats.length : wanted,
      seats: hall.seats.toSorted((a, b) => byText(a.approver, b.approver)),
      ...(minimumLimit === undefined ? {} : { minimumLimit }),
      because,
      candidates,
    }
  );
}
