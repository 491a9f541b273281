import { InvalidInput, type Problem } from '../../core/errors.ts';
import { explain } from './evaluate/explain.ts';
import { type Fused, fuse } from './evaluate/fuse.ts';
import { readInput } from './evaluate/read-input.ts';
import type { ConstraintSet, Decision } from './model.ts';

/** A past request: where it stood, when it was decided, and what it said. */
export interface PastRequest {
  /** The line of the file. */
  readonly line: number;
  /** What people call it, such as a quote's number. */
  readonly id?: string;
  /** Days since 1970-01-01: rules in force on that day count. */
  readonly day: number;
  readonly input: unknown;
  /** What was decided at the time, where that is on record: compared with when there is no older set. */
  readonly decided?: Pick<Decision, 'outcome' | 'route'>;
}

/** `refused`: the input does not fit the fields that the set declares. */
export type ReplayOutcome = Decision['outcome'] | 'refused';

export interface Verdict {
  readonly outcome: ReplayOutcome;
  /** Labels, ascending. */
  readonly route: readonly string[];
  readonly violated: readonly string[];
  readonly applied: readonly string[];
  /** Why it was refused. */
  readonly problems: readonly Problem[];
}

/** A request that the two sets decide differently. */
export interface Flip {
  readonly line: number;
  readonly id?: string;
  readonly from: ReplayOutcome;
  readonly to: ReplayOutcome;
  readonly labels: { readonly added: readonly string[]; readonly dropped: readonly string[] };
  /** Rules of the new set that the change comes from, and rules of the old one that no longer speak. */
  readonly because: readonly { readonly rule: string; readonly says: string }[];
}

const REFUSED: Pick<Verdict, 'outcome' | 'route' | 'violated' | 'applied'> = {
  outcome: 'refused',
  route: [],
  violated: [],
  applied: [],
};

/** Decides many inputs by one set, with one compiled evaluator a day. */
class Decider {
  readonly set: ConstraintSet;
  readonly #byDay = new Map<number, Fused>();

  constructor(set: ConstraintSet) {
    this.set = set;
  }

  decide(input: unknown, day: number): Verdict {
    try {
      const values = readInput(this.set, input);
      let fused = this.#byDay.get(day);
      if (fused === undefined) {
        fused = fuse(this.set, day);
        this.#byDay.set(day, fused);
      }
      return { ...fused.decide(values), problems: [] };
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return { ...REFUSED, problems: error.problems };
    }
  }

  /** What a rule says about an input: why it applies, or why it does not any more. */
  says(rule: string, input: unknown, day: number): string {
    const explained = explain(this.set, readInput(this.set, input), day).rules.find((each) => each.rule === rule);
    return explained?.because ?? 'There is no such rule.';
  }
}

function without(list: readonly string[], other: readonly string[]): string[] {
  return list.filter((each) => !other.includes(each));
}

/** The rules behind what an input comes to: those that are broken where it is denied, else those that route. */
function rulesBehind(set: ConstraintSet, { outcome, violated, applied }: Verdict): readonly string[] {
  if (outcome === 'denied') return violated;
  const routing = new Set(
    set.rules.flatMap(({ id, effect }) => (effect.kind === 'route' && effect.to.length > 0 ? [id] : [])),
  );
  return applied.filter((id) => routing.has(id));
}

/**
 * Compares two decisions of one request; `undefined` where outcome and route are the same. Reasons are told for a flip only: they
 * come from the reference evaluator.
 */
export function flipOf(
  request: PastRequest,
  older: { readonly verdict: Verdict; readonly decider?: Replayer },
  newer: { readonly verdict: Verdict; readonly decider: Replayer },
): Flip | undefined {
  const [from, to] = [older.verdict, newer.verdict];
  const labels = { added: without(to.route, from.route), dropped: without(from.route, to.route) };
  if (from.outcome === to.outcome && labels.added.length === 0 && labels.dropped.length === 0) return undefined;
  const said = (decider: Replayer | undefined, of: Verdict, other: Verdict, otherSet: ConstraintSet | undefined) => {
    if (decider === undefined) return [];
    if (of.outcome === 'refused') return of.problems.map(({ pointer, message }) => ({ rule: pointer, says: message }));
    const elsewhere = otherSet === undefined ? [] : rulesBehind(otherSet, other);
    return without(rulesBehind(decider.set, of), elsewhere).map((rule) => ({
      rule,
      says: decider.says(rule, request.input, request.day),
    }));
  };
  const gained = said(newer.decider, to, from, older.decider?.set);
  const lost = said(older.decider, from, to, newer.decider.set).map(({ rule, says }) => {
    const now = newer.decider.set.rules.some(({ id }) => id === rule) && to.outcome !== 'refused';
    return { rule, says: now ? newer.decider.says(rule, request.input, request.day) : `No longer there. It said: ${says}` };
  });
  const { line, id } = request;
  return {
    line,
    ...(id === undefined ? {} : { id }),
    from: from.outcome,
    to: to.outcome,
    labels,
    because: [...gained, ...lost],
  };
}

/** Decides requests by one set. */
export type Replayer = Pick<Decider, 'set' | 'decide' | 'says'>;

export function replayer(set: ConstraintSet): Replayer {
  return new Decider(set);
}

/** What a replay came to so far. */
export interface ReplaySummary {
  readonly requests: number;
  /** Requests that neither set can read. */
  readonly unreadable: number;
  readonly flips: number;
  /** How many went from an outcome to an outcome: `allowed -> denied`. Requests that stay are counted as well. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** How many routes gained, and lost, each label. */
  readonly labels: { readonly added: Readonly<Record<string, number>>; readonly dropped: Readonly<Record<string, number>> };
  /** How many flips each rule stands behind. */
  readonly rules: Readonly<Record<string, number>>;
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Replays past requests through a new set, against an older set or against what was decided at the time. Requests come one by one,
 * so that a file of any length takes the same memory.
 */
export class Replay {
  readonly #newer: Replayer;
  readonly #older: Replayer | undefined;
  #requests = 0;
  #unreadable = 0;
  #flips = 0;
  readonly #outcomes = new Map<string, number>();
  readonly #added = new Map<string, number>();
  readonly #dropped = new Map<string, number>();
  readonly #rules = new Map<string, number>();

  constructor(newer: ConstraintSet, older?: ConstraintSet) {
    this.#newer = replayer(newer);
    this.#older = older === undefined ? undefined : replayer(older);
  }

  /** Takes in a request. @returns what flips, or why neither set can read it, or `undefined` where all stays as it was */
  take(request: PastRequest): { readonly flip: Flip } | { readonly problems: readonly Problem[] } | undefined {
    const { input, day, decided } = request;
    const to = this.#newer.decide(input, day);
    const from =
      this.#older?.decide(input, day) ??
      (decided === undefined ? undefined : { ...decided, route: [...decided.route].sort(), ...NOTHING_KNOWN });
    const isUnreadable = to.outcome === 'refused' && (from === undefined || from.outcome === 'refused');
    if (isUnreadable) {
      this.#unreadable += 1;
      return { problems: to.problems };
    }
    this.#requests += 1;
    if (from === undefined) {
      add(this.#outcomes, to.outcome);
      return undefined;
    }
    add(this.#outcomes, from.outcome === to.outcome ? to.outcome : `${from.outcome} -> ${to.outcome}`);
    const older = { verdict: from, ...(this.#older === undefined ? {} : { decider: this.#older }) };
    const flip = flipOf(request, older, { verdict: to, decider: this.#newer });
    if (flip === undefined) return undefined;
    this.#flips += 1;
    for (const label of flip.labels.added) add(this.#added, label);
    for (const label of flip.labels.dropped) add(this.#dropped, label);
    for (const rule of new Set(flip.because.map((each) => each.rule))) add(this.#rules, rule);
    return { flip };
  }

  summary(): ReplaySummary {
    return {
      requests: this.#requests,
      unreadable: this.#unreadable,
      flips: this.#flips,
      outcomes: sorted(this.#outcomes),
      labels: { added: sorted(this.#added), dropped: sorted(this.#dropped) },
      rules: sorted(this.#rules),
    };
  }
}

const NOTHING_KNOWN = { violated: [], applied: [], problems: [] } as const;

/** Replays a list of requests at once. */
export function replay(
  older: ConstraintSet | undefined,
  newer: ConstraintSet,
  requests: Iterable<PastRequest>,
): ReplaySummary & { readonly flipped: readonly Flip[]; readonly refused: readonly PastRequest[] } {
  const run = new Replay(newer, older);
  const flipped: Flip[] = [];
  const refused: PastRequest[] = [];
  for (const request of requests) {
    const taken = run.take(request);
    if (taken === undefined) continue;
    if ('flip' in taken) flipped.push(taken.flip);
    else refused.push(request);
  }
  return { ...run.summary(), flipped, refused };
}
