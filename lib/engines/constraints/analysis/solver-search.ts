import type { SolverSession } from '../findings.ts';
import type { Values } from '../model.ts';
import type { Days } from './conflicts.ts';
import { replace } from './partial.ts';
import type { World } from './prepare.ts';
import type { Prover } from './prover.ts';
import { declare } from './smt.ts';
import { pushed, type Ranges, rangesOfFields } from './solver-bounds.ts';
import { type Chosen, FactSearch } from './solver-facts.ts';
import { type Denied, Sides, type Strategy, Undecided } from './solver-sides.ts';
import { Strategies } from './solver-strategies.ts';
import { type Bound, withinFocus } from './solver-strategy.ts';
import { TermSearch } from './solver-terms.ts';

/** Rounds of facts against terms; each one costs a few checks. */
const MOST_ROUNDS = 400;

/** Facts, and two rules or more that leave no terms for them, none of which can be spared. */
export interface Found {
  readonly facts: Values;
  readonly owners: readonly number[];
}

/**
 * Searches facts that leave no terms, by counterexamples: facts that no terms found so far satisfy, then terms for these
 * facts, until there are no such facts or no such terms (counterexample-guided inductive synthesis). Terms are found not
 * for one point but as sums of facts that answer a whole box of them (affine policies of adjustable robust optimisation,
 * Ben-Tal, Goryashko, Guslitzer and Nemirovski 2004), so that few rounds do.
 */
export class Search {
  readonly #prover: Prover;
  readonly #sides: Sides;
  readonly #terms: TermSearch;
  readonly #strategies: Strategies;
  #factSession: SolverSession | undefined;
  readonly alone = new Set<number>();

  constructor(world: World, prover: Prover, denied: readonly Denied[]) {
    this.#prover = prover;
    this.#sides = new Sides(world, prover, denied);
    this.#terms = new TermSearch(this.#sides);
    this.#strategies = new Strategies(this.#sides);
  }

  /** Frees the solver's contexts. */
  close(): void {
    this.#terms.close();
    this.#factSession?.close();
    this.#strategies.close();
  }

  /**
   * Facts and a minimal set of two rules or more that leave no terms for them, other than supersets of the known ones.
   * @throws Undecided when the solver's steps are used up
   */
  find(denied: readonly Denied[], known: readonly (readonly number[])[], days: Days): Found | undefined {
    const { fields, day } = this.#sides.world;
    const outer = rangesOfFields(fields).map((range, field) => (field === day ? days : range));
    const rules = denied.map(({ position, formula }) => ({ position, formula: pushed(formula), ranges: outer }));
    const own = withinFocus(fields, rules, outer);
    if (own.length === 0) return undefined;
    this.#factSession ??= this.#sides.opened(declare(fields, this.#sides.facts));
    this.#factSession.run('(push)');
    try {
      return this.#rounds(own, known, outer, this.#factSession);
    } finally {
      this.#factSession.run('(pop)');
    }
  }

  /** Terms that satisfy some rules for the facts of a witness. */
  termsFor(denied: readonly Denied[], facts: Values): Values | undefined {
    const byFacts = this.#sides.byFacts(facts);
    const open = denied.map(({ position, formula }) => ({ position, formula: replace(formula, byFacts) }));
    const answer = this.#terms.answerTo(open, byFacts);
    return 'values' in answer ? this.#sides.merged(facts, answer.values) : undefined;
  }

  #rounds(
    own: readonly Bound[],
    known: readonly (readonly number[])[],
    outer: Ranges,
    session: SolverSession,
  ): Found | undefined {
    const { fields } = this.#sides.world;
    // Rules that may be left out: those of known sets, and plain prohibitions.
    const optional = new Set(known.flat());
    const prohibiting = new Set<number>();
    const counter = new FactSearch(this.#sides, this.#strategies, session, known);
    let helpers = fields.length;
    const learn = (strategy: Strategy): void => {
      helpers += strategy.helpers.length;
      counter.learn(strategy, own);
    };
    const before = this.#prover.spent;
    let [guess, tried] = this.#firstGuess(own, known, outer, learn);
    for (let round = 0; round < MOST_ROUNDS; round++) {
      if (this.#prover.spent - before > this.#prover.steps) throw new Undecided();
      const chosen = guess ?? counter.choose(optional);
      if (chosen === undefined) return undefined;
      const isGuess = guess !== undefined;
      guess = undefined;
      const { facts } = chosen;
      const byFacts = this.#sides.byFacts(facts);
      const leftOut = this.#fewest(chosen.leftOut, known, prohibiting);
      const kept = own.filter(({ position }) => !leftOut.has(position));
      const open = kept.flatMap(({ position, formula }) => {
        const left = replace(formula, byFacts);
        return left.kind === 'constant' && !left.value ? [] : [{ position, formula: left }];
      });
      const answer = this.#terms.answerTo(open, byFacts, true);
      if ('values' in answer) {
        if (isGuess) continue;
        const key = [...leftOut].sort((a, b) => a - b).join();
        const wide = tried === key ? undefined : this.#strategies.affine(kept, outer);
        tried = key;
        if (wide !== undefined && 'by' in wide && this.#strategies.answers(wide, facts, kept)) learn(wide);
        else {
          const concerned = new Set(open.map(({ position }) => position));
          learn(this.#strategies.near(kept, outer, this.#sides.merged(facts, answer.values), concerned, helpers));
        }
        continue;
      }
      const { owners } = answer;
      const [only] = owners;
      if (only === undefined) throw new Undecided();
      if (owners.length > 1) return { facts, owners };
      if (!prohibiting.has(only)) counter.notAlone(only, own);
      prohibiting.add(only);
      this.alone.add(only);
      optional.add(only);
    }
    throw new Undecided();
  }

  /** Terms for all facts at once, without the first rule of each known set; or facts that show why there may be none. */
  #firstGuess(
    own: readonly Bound[],
    known: readonly (readonly number[])[],
    outer: Ranges,
    learn: (strategy: Strategy) => void,
  ): [Chosen | undefined, string] {
    const leftOut = new Set<number>();
    for (const set of known) if (!set.some((each) => leftOut.has(each))) leftOut.add(set[0] as number);
    const key = [...leftOut].sort((a, b) => a - b).join();
    const kept = own.filter(({ position }) => !leftOut.has(position));
    const wide = this.#strategies.affine(kept, outer);
    if ('by' in wide) {
      learn(wide);
      return [undefined, key];
    }
    const core = kept.filter(({ position }) => wide.core.includes(position));
    const facts = this.#factsWithin(core, outer);
    return [facts === undefined ? undefined : { facts, leftOut }, key];
  }

  /** Facts for which some rules may all apply. */
  #factsWithin(rules: readonly Bound[], outer: Ranges): Values | undefined {
    const { fields } = this.#sides.world;
    if (rules.length === 0 || this.#sides.reality.length > 0) return undefined;
    const common = outer.map(([low, high], field): readonly [number, number] => [
      Math.max(low, ...rules.map(({ ranges }) => ranges[field]?.[0] ?? low)),
      Math.min(high, ...rules.map(({ ranges }) => ranges[field]?.[1] ?? high)),
    ]);
    if (this.#sides.facts.some((field) => (common[field]?.[0] ?? 0) > (common[field]?.[1] ?? 0))) return undefined;
    return fields.map(({ type }, field) =>
      this.#sides.isTerm(field) ? undefined : type.kind === 'set' ? 0 : common[field]?.[0],
    );
  }

  /** Leaves out no more rules than known sets and prohibitions ask for. */
  #fewest(
    leftOut: ReadonlySet<number>,
    known: readonly (readonly number[])[],
    prohibiting: ReadonlySet<number>,
  ): ReadonlySet<number> {
    const left = new Set(leftOut);
    for (const position of leftOut) {
      if (prohibiting.has(position)) continue;
      left.delete(position);
      if (known.some((set) => !set.some((each) => left.has(each)))) left.add(position);
    }
    return left;
  }
}
