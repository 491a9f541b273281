import type { SolverSession } from '../findings.ts';
import type { Formula, Values } from '../model.ts';
import { type Replacement, replace } from './partial.ts';
import { askValues, declare, inputOf, readValues, text } from './smt.ts';
import { coreOf, NO_OPAQUE, type Sides, Undecided } from './solver-sides.ts';

/** Finds terms for given facts: one half of the search. */
export class TermSearch {
  readonly #sides: Sides;
  #session: SolverSession | undefined;

  constructor(sides: Sides) {
    this.#sides = sides;
  }

  close(): void {
    this.#session?.close();
  }

  /** Terms that satisfy all rules, or rules that leave none; on demand only those that cannot be spared. */
  answerTo(
    open: readonly { readonly position: number; readonly formula: Formula }[],
    byFacts: Replacement,
    isLeast = false,
  ): { values: Values } | { owners: readonly number[] } {
    const { fields } = this.#sides.world;
    this.#session ??= this.#sides.opened(declare(fields, this.#sides.terms));
    const session = this.#session;
    const reality = this.#sides.reality.map(
      (formula) => `(assert ${text(fields, replace(formula, byFacts), NO_OPAQUE)})`,
    );
    const named = open.map(
      ({ position, formula }) =>
        `(declare-const n${position} Bool)(assert (=> n${position} (not ${text(fields, formula, NO_OPAQUE)})))`,
    );
    session.run(['(push)', ...reality, ...named].join('\n'));
    try {
      const check = (positions: readonly number[]): readonly number[] | undefined => {
        const { output } = session.run(`(check-sat-assuming (${positions.map((each) => `n${each}`).join(' ')}))`);
        if (output.trimStart().startsWith('sat')) return undefined;
        if (!output.trimStart().startsWith('unsat')) throw new Undecided();
        return coreOf(session);
      };
      const core = check(open.map(({ position }) => position));
      if (core === undefined) {
        const values = readValues(session.run(askValues(fields, this.#sides.terms)).output);
        const none = fields.map(() => undefined);
        return { values: inputOf(fields, this.#sides.terms, values, none) };
      }
      let owners = core;
      if (isLeast)
        for (const owner of core.toReversed())
          if (owners.includes(owner)) owners = check(owners.filter((each) => each !== owner)) ?? owners;
      return { owners };
    } finally {
      session.run('(pop)');
    }
  }
}
