import type { SolverSession } from '../findings.ts';
import type { Field, FieldIndex, Formula, Values } from '../model.ts';
import { replace } from './partial.ts';
import { negate } from './prepare.ts';
import { askValues, declare, inputOf, readValues, text, valueName } from './smt.ts';
import { boundedBy, pushed, type Ranges } from './solver-bounds.ts';
import { NO_OPAQUE, type Sides, type Strategy, Undecided } from './solver-sides.ts';
import type { Strategies } from './solver-strategies.ts';
import type { Bound } from './solver-strategy.ts';

/** Facts that no answer so far satisfies, and the rules that may be left out of what they leave no terms for. */
export interface Chosen {
  readonly facts: Values;
  readonly leftOut: ReadonlySet<number>;
}

/** Chooses facts that no terms found so far answer: the other half of the search. One for each search, in a context that is shared. */
export class FactSearch {
  readonly #sides: Sides;
  readonly #strategies: Strategies;
  readonly #session: SolverSession;
  readonly #declared = new Set<number>();

  /** @param known sets of rules that need not be found again */
  constructor(sides: Sides, strategies: Strategies, session: SolverSession, known: readonly (readonly number[])[]) {
    this.#sides = sides;
    this.#strategies = strategies;
    this.#session = session;
    for (const set of known) {
      const names = set.map((position) => this.select(position));
      session.run(`(assert (not (and ${names.join(' ')})))`);
    }
    this.#assertReality();
  }

  /** The name that says whether a rule is kept. */
  select(position: number): string {
    if (!this.#declared.has(position)) this.#session.run(`(declare-const s${position} Bool)`);
    this.#declared.add(position);
    return `s${position}`;
  }

  /** Facts count only where some terms make them a real input. */
  #assertReality(): void {
    if (this.#sides.reality.length === 0) return;
    const { fields } = this.#sides.world;
    const copied = (field: FieldIndex): string => (this.#sides.isTerm(field) ? '_real' : '');
    const real = this.#sides.reality.map((formula) => `(assert ${text(fields, formula, NO_OPAQUE, copied)})`);
    this.#session.run([declare(fields, this.#sides.terms, '_real'), ...real].join('\n'));
  }

  /** A rule that is kept must not deny all terms by itself: some terms, of its own copy, satisfy it. */
  notAlone(position: number, own: readonly Bound[]): void {
    const { fields } = this.#sides.world;
    const rule = own.find((each) => each.position === position);
    const copied = (field: FieldIndex): string => (this.#sides.isTerm(field) ? `_${position}` : '');
    const satisfied = [...this.#sides.reality, ...(rule === undefined ? [] : [negate(rule.formula)])];
    this.#session.run(
      [
        declare(fields, this.#sides.terms, `_${position}`),
        ...satisfied.map(
          (formula) => `(assert (=> ${this.select(position)} ${text(fields, formula, NO_OPAQUE, copied)}))`,
        ),
      ].join('\n'),
    );
  }

  /** Facts must be such that this answer is none: outside of its focus, or impossible, or denied by a rule that is kept. */
  learn({ by, definitions, helpers, focus }: Strategy, own: readonly Bound[]): void {
    const { fields } = this.#sides.world;
    // Bounds are known only of declared fields.
    const within = (formula: Formula): Formula =>
      helpers.length > 0 ? replace(pushed(formula), new Map()) : boundedBy(fields, pushed(formula), focus).formula;
    const of = (formula: Formula): string => text(fields, formula, NO_OPAQUE);
    const isOpen = (formula: Formula): boolean => formula.kind !== 'constant' || formula.value;
    const failures = [
      ...this.#outside(focus),
      ...this.#strategies.possible(by).map((formula) => within(negate(formula))),
    ].filter(isOpen);
    const held = own.flatMap(({ position, formula }) => {
      const left = within(replace(formula, by));
      return isOpen(left) ? [`(and ${this.select(position)} ${of(left)})`] : [];
    });
    this.#session.run(
      [
        ...helpers.map(({ field }) => `(declare-const ${valueName(field)} Int)`),
        ...definitions.map((definition) => `(assert ${of(definition)})`),
        `(assert (or false ${failures.map(of).join(' ')} ${held.join(' ')}))`,
      ].join('\n'),
    );
  }

  #outside(focus: Ranges): Formula[] {
    const { fields } = this.#sides.world;
    return this.#sides.facts.flatMap((field): Formula[] => {
      const { minimum, maximum, type } = fields[field] as Field;
      const [low, high] = focus[field] as readonly [number, number];
      const terms = [{ of: 'value' as const, field, coefficient: 1 }];
      if (type.kind === 'set' || field === this.#sides.world.day) return [];
      return [
        ...(low > minimum ? [{ kind: 'linear' as const, terms, is: 'lt' as const, bound: low }] : []),
        ...(high < maximum ? [{ kind: 'linear' as const, terms, is: 'gt' as const, bound: high }] : []),
      ];
    });
  }

  choose(optional: ReadonlySet<number>): { facts: Values; leftOut: ReadonlySet<number> } | undefined {
    const { fields, day } = this.#sides.world;
    const declared = [...this.#declared];
    const fixed = declared.filter((position) => !optional.has(position)).map((position) => `s${position}`);
    const selectors = declared.filter((position) => optional.has(position));
    const { output } = this.#session.run(`(check-sat-assuming (${fixed.join(' ')}))`);
    if (output.trimStart().startsWith('unsat')) return undefined;
    if (!output.trimStart().startsWith('sat')) throw new Undecided();
    const asked = askValues(
      fields,
      this.#sides.facts,
      selectors.map((position) => `s${position}`),
    );
    const named = readValues(this.#session.run(asked).output);
    const facts = inputOf(
      fields,
      this.#sides.facts,
      named,
      fields.map(() => undefined),
    );
    if (facts[day] === undefined) throw new Undecided();
    return { facts, leftOut: new Set(selectors.filter((position) => named.get(`s${position}`) !== true)) };
  }
}
