import { holds } from '../evaluate/holds.ts';
import type { SolverSession } from '../findings.ts';
import type { FieldIndex, Formula, Values } from '../model.ts';
import type { LinearAtom } from './linear.ts';
import { type Following, following, type Replacement, replace } from './partial.ts';
import { askValues, declare, declareUnbounded, inputOf, readValues, text } from './smt.ts';
import type { Ranges } from './solver-bounds.ts';
import { coreOf, NO_OPAQUE, type Sides, type Strategy } from './solver-sides.ts';
import { type Bound, demandsOn, slopesFor, strategyOf, withinFocus } from './solver-strategy.ts';
import { eachAtom } from './space.ts';

/** How often the ranges of facts around a counterexample are halved to find terms that answer all of them; words are fixed. */
const HALVINGS = [0, 2, 5];

/** Finds terms that answer many facts at once, as sums of these facts. */
export class Strategies {
  readonly #sides: Sides;
  #session: SolverSession | undefined;

  constructor(sides: Sides) {
    this.#sides = sides;
  }

  close(): void {
    this.#session?.close();
  }

  /** Within their domains, and real: what terms that follow the facts must be, to count as an answer. */
  possible(by: Replacement): Formula[] {
    const { fields } = this.#sides.world;
    const bounds = this.#sides.terms.flatMap((index): Formula[] => {
      const field = fields[index];
      if (field === undefined || typeof by.get(index) !== 'object') return [];
      const terms = [{ of: 'value' as const, field: index, coefficient: 1 }];
      return [
        { kind: 'linear', terms, is: 'ge', bound: field.minimum },
        { kind: 'linear', terms, is: 'le', bound: field.maximum },
      ];
    });
    return [...bounds, ...this.#sides.reality].map((formula) => replace(formula, by));
  }

  /** Whether terms that follow the facts satisfy the rules for these facts, read off the conditions. */
  answers({ by, helpers }: Following, facts: Values, kept: readonly Bound[]): boolean {
    const extended = [...facts];
    for (const { field, value } of helpers) extended[field] = value;
    const isTrue = (formula: Formula): boolean => holds(formula, extended);
    return this.possible(by).every(isTrue) && kept.every(({ formula }) => !isTrue(replace(formula, by)));
  }

  /** Terms that answer the facts of some values, and as many other facts as halving ranges around them finds. */
  near(
    kept: readonly Bound[],
    outer: Ranges,
    values: Values,
    concerned: ReadonlySet<number>,
    helper: FieldIndex,
  ): Strategy {
    for (const halvings of HALVINGS) {
      const focus = outer.map(([low, high], field): readonly [number, number] => {
        const value = values[field];
        const kind = this.#sides.world.fields[field]?.type.kind;
        if (this.#sides.isTerm(field) || value === undefined || kind === 'set') return [low, high];
        if (kind === 'enum' || kind === 'boolean') return [value, value];
        const width = Math.ceil((high - low + 1) / 2 ** halvings);
        const first = low + Math.floor((value - low) / width) * width;
        return [first, Math.min(high, first + width - 1)];
      });
      const found = this.affine(kept, focus);
      if ('by' in found && this.answers(found, values, kept)) return found;
    }
    return { ...this.#along(kept, concerned, values, helper), focus: outer };
  }

  /** Terms as sums of facts that satisfy rules for all facts within a focus; or the rules that offsets cannot satisfy. */
  affine(kept: readonly Bound[], focus: Ranges): Strategy | { readonly core: readonly number[] } {
    const { fields } = this.#sides.world;
    const rules = withinFocus(fields, kept, focus);
    const rest = this.#sides.terms.filter((field) => !this.#sides.followed.includes(field));
    this.#session ??= this.#sides.opened(`${declareUnbounded(this.#sides.followed)}\n${declare(fields, rest)}`);
    const session = this.#session;
    let core: readonly number[] = [];
    for (const slopes of slopesFor(rules, this.#sides.followed, this.#sides.isTerm)) {
      const demands = demandsOn(fields, rules, this.#sides.reality, slopes, focus, this.#sides.isTerm);
      if (demands.some(({ formula }) => formula.kind === 'constant' && !formula.value)) continue;
      const lines = demands.map(({ owner, formula }) => {
        const demand = text(fields, formula, NO_OPAQUE);
        return owner === undefined ? `(assert ${demand})` : `(assert (=> n${owner} ${demand}))`;
      });
      const owners = [...new Set(demands.flatMap(({ owner }) => (owner === undefined ? [] : [owner])))];
      const literals = owners.map((owner) => `n${owner}`);
      const { output } = session.run(
        [
          '(push)',
          ...literals.map((literal) => `(declare-const ${literal} Bool)`),
          ...lines,
          `(check-sat-assuming (${literals.join(' ')}))`,
        ].join('\n'),
      );
      const isSatisfied = output.trimStart().startsWith('sat');
      const named = isSatisfied ? readValues(session.run(askValues(fields, this.#sides.terms)).output) : undefined;
      if (core.length === 0 && output.trimStart().startsWith('unsat')) core = coreOf(session);
      session.run('(pop)');
      if (named === undefined) continue;
      const values = inputOf(
        fields,
        this.#sides.terms,
        named,
        fields.map(() => undefined),
      );
      return { by: strategyOf(slopes, this.#sides.terms, values), definitions: [], helpers: [], focus };
    }
    return { core };
  }

  /** Terms that answer the facts of the values, following them along the bounds of the rules that matter for them. */
  #along(kept: readonly Bound[], concerned: ReadonlySet<number>, values: Values, helper: FieldIndex): Following {
    const atoms: LinearAtom[] = [];
    for (const { formula, position } of kept)
      if (concerned.has(position))
        eachAtom(formula, (atom) => {
          if (atom.kind === 'linear') atoms.push(atom);
        });
    const followed = following(
      this.#sides.world.fields,
      this.#sides.terms,
      atoms,
      (field) => this.#sides.compared.has(field),
      values,
      helper,
    );
    // It must answer these very facts, or the search would stand still.
    if (this.answers(followed, values, kept)) return followed;
    return { by: new Map(this.#sides.terms.map((index) => [index, values[index]])), definitions: [], helpers: [] };
  }
}
