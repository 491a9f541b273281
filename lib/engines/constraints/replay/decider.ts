import { InvalidInput, type Problem } from '../../../core/errors.ts';
import { explain } from '../evaluate/explain.ts';
import { type Fused, fuse } from '../evaluate/fuse.ts';
import { readInput } from '../evaluate/read-input.ts';
import type { ConstraintSet, Decision } from '../model.ts';

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

const REFUSED: Pick<Verdict, 'outcome' | 'route' | 'violated' | 'applied'> = {
  outcome: 'refused',
  route: [],
  violated: [],
  applied: [],
};

/** Decides many requests by one set, with one compiled evaluator a day. */
export class Decider {
  readonly set: ConstraintSet;
  readonly #byDay = new Map<number, Fused>();
  #told: { readonly input: unknown; readonly day: number; readonly because: ReadonlyMap<string, string> } | undefined;

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

  /** What a rule says about an input: why it applies, or why it does not any more. Rules are asked input by input. */
  says(rule: string, input: unknown, day: number): string {
    let told = this.#told;
    if (told === undefined || told.input !== input || told.day !== day) {
      const { rules } = explain(this.set, readInput(this.set, input), day);
      told = { input, day, because: new Map(rules.map((each) => [each.rule, each.because])) };
      this.#told = told;
    }
    return told.because.get(rule) ?? 'There is no such rule.';
  }
}
