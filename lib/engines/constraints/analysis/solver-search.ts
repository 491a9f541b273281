import { holds } from '../evaluate/holds.ts';
import type { SolverSession } from '../findings.ts';
import type { Field, FieldIndex, Formula, Values } from '../model.ts';
import type { Days } from './conflicts.ts';
import type { LinearAtom } from './linear.ts';
import { type Following, following, type Replacement, replace } from './partial.ts';
import { negate, type World } from './prepare.ts';
import type { Prover } from './prover.ts';
import { realityOf } from './reality.ts';
import { askValues, declare, declareUnbounded, inputOf, OpaqueNames, readValues, text, valueName } from './smt.ts';
import { boundedBy, pushed, type Ranges, rangesOfFields } from './solver-bounds.ts';
import { type Bound, demandsOn, slopesFor, strategyOf, withinFocus } from './solver-strategy.ts';
import { eachAtom } from './space.ts';

/** Rounds of facts against terms; each one costs a few checks. */
const MOST_ROUNDS = 400;

/** How often the ranges of facts around a counterexample are halved to find terms that answer all of them; words are fixed. */
const HALVINGS = [0, 2, 5];

/** The solver gave up, or the rounds were used up. Caught where the question was asked. */
export class Undecided extends Error {}

/** What one rule denies, with opaque parts settled one way. */
export interface Denied {
  readonly position: number;
  readonly formula: Formula;
}

/** Facts, and two rules or more that leave no terms for them, none of which can be spared. */
export interface Found {
  readonly facts: Values;
  readonly owners: readonly number[];
}

/** Terms as they answer facts, and where that answer counts. */
interface Strategy extends Following {
  readonly focus: Ranges;
}

const NO_OPAQUE = new OpaqueNames();

/**
 * Searches facts that leave no terms, by counterexamples: facts that no terms found so far satisfy, then terms for these
 * facts, until there are no such facts or no such terms (counterexample-guided inductive synthesis). Terms are found not
 * for one point but as sums of facts that answer a whole box of them (affine policies of adjustable robust optimisation,
 * Ben-Tal, Goryashko, Guslitzer and Nemirovski 2004), so that few rounds do.
 */
export class Search {
  readonly #world: World;
  readonly #prover: Prover;
  readonly #terms: readonly FieldIndex[];
  readonly #facts: readonly FieldIndex[];
  readonly #reality: readonly Formula[];
  /** Terms that rules only compare, by number. */
  readonly #compared: ReadonlySet<FieldIndex>;
  /** Those of them that are always there: they can be sums of facts. */
  readonly #followed: readonly FieldIndex[];
  readonly #isTerm: (field: number) => boolean;
  #termSession: SolverSession | undefined;
  #factSession: SolverSession | undefined;
  #offsetSession: SolverSession | undefined;
  readonly alone = new Set<number>();

  constructor(world: World, prover: Prover, denied: readonly Denied[]) {
    this.#world = world;
    this.#prover = prover;
    const every = world.fields.map((_, index) => index);
    this.#isTerm = (field) => world.fields[field]?.role === 'term';
    this.#terms = every.filter(this.#isTerm);
    this.#facts = every.filter((index) => !this.#isTerm(index));
    this.#reality = realityOf(world);
    const other = new Set<FieldIndex>();
    for (const formula of [...this.#reality, ...denied.map((each) => each.formula)])
      eachAtom(formula, (atom) => {
        if (atom.kind === 'member' || atom.kind === 'contains') other.add(atom.field);
      });
    const isNumber = (index: FieldIndex): boolean => !other.has(index) && world.fields[index]?.type.kind !== 'set';
    this.#compared = new Set(this.#terms.filter(isNumber));
    this.#followed = this.#terms.filter((index) => isNumber(index) && world.fields[index]?.optional !== true);
  }

  /** Frees the solver's contexts. */
  close(): void {
    for (const session of [this.#termSession, this.#factSession, this.#offsetSession]) session?.close();
  }

  /**
   * Facts and a minimal set of two rules or more that leave no terms for them, other than supersets of the known ones.
   * @throws Undecided when the solver's steps are used up
   */
  find(denied: readonly Denied[], known: readonly (readonly number[])[], days: Days): Found | undefined {
    const { fields, day } = this.#world;
    const outer = rangesOfFields(fields).map((range, field) => (field === day ? days : range));
    const rules = denied.map(({ position, formula }) => ({ position, formula: pushed(formula), ranges: outer }));
    const own = withinFocus(fields, rules, outer);
    if (own.length === 0) return undefined;
    this.#factSession ??= this.#opened(declare(fields, this.#facts));
    this.#factSession.run('(push)');
    try {
      return this.#rounds(own, known, outer, this.#factSession);
    } finally {
      this.#factSession.run('(pop)');
    }
  }

  /** Terms that satisfy some rules for the facts of a witness. */
  termsFor(denied: readonly Denied[], facts: Values): Values | undefined {
    const byFacts = this.#byFacts(facts);
    const open = denied.map(({ position, formula }) => ({ position, formula: replace(formula, byFacts) }));
    const answer = this.#answerTo(open, byFacts);
    return 'values' in answer ? this.#merged(facts, answer.values) : undefined;
  }

  #rounds(
    own: readonly Bound[],
    known: readonly (readonly number[])[],
    outer: Ranges,
    session: SolverSession,
  ): Found | undefined {
    const { fields } = this.#world;
    // Rules that may be left out: those of known sets, and plain prohibitions.
    const optional = new Set(known.flat());
    const prohibiting = new Set<number>();
    const declared = new Set<number>();
    const select = (position: number): string => {
      if (!declared.has(position)) session.run(`(declare-const s${position} Bool)`);
      declared.add(position);
      return `s${position}`;
    };
    for (const set of known) session.run(`(assert (not (and ${set.map(select).join(' ')})))`);
    this.#assertReality(session);
    let helpers = fields.length;
    const learn = (strategy: Strategy): void => {
      helpers += strategy.helpers.length;
      this.#assertStrategy(strategy, own, select, session);
    };
    const before = this.#prover.spent;
    let [guess, tried] = this.#firstGuess(own, known, outer, learn);
    for (let round = 0; round < MOST_ROUNDS; round++) {
      if (this.#prover.spent - before > this.#prover.steps) throw new Undecided();
      const chosen = guess ?? this.#chooseFacts([...declared], optional, session);
      if (chosen === undefined) return undefined;
      const isGuess = guess !== undefined;
      guess = undefined;
      const { facts } = chosen;
      const byFacts = this.#byFacts(facts);
      const leftOut = this.#fewest(chosen.leftOut, known, prohibiting);
      const kept = own.filter(({ position }) => !leftOut.has(position));
      const open = kept.flatMap(({ position, formula }) => {
        const left = replace(formula, byFacts);
        return left.kind === 'constant' && !left.value ? [] : [{ position, formula: left }];
      });
      const answer = this.#answerTo(open, byFacts, true);
      if ('values' in answer) {
        if (isGuess) continue;
        const key = [...leftOut].sort((a, b) => a - b).join();
        const wide = tried === key ? undefined : this.#affine(kept, outer);
        tried = key;
        if (wide !== undefined && 'by' in wide && this.#answers(wide, facts, kept)) learn(wide);
        else {
          const concerned = new Set(open.map(({ position }) => position));
          learn(this.#near(kept, outer, this.#merged(facts, answer.values), concerned, helpers));
        }
        continue;
      }
      const { owners } = answer;
      const [only] = owners;
      if (only === undefined) throw new Undecided();
      if (owners.length > 1) return { facts, owners };
      if (!prohibiting.has(only)) this.#assertNotAlone(only, own, select, session);
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
  ): [{ facts: Values; leftOut: ReadonlySet<number> } | undefined, string] {
    const leftOut = new Set<number>();
    for (const set of known) if (!set.some((each) => leftOut.has(each))) leftOut.add(set[0] as number);
    const key = [...leftOut].sort((a, b) => a - b).join();
    const kept = own.filter(({ position }) => !leftOut.has(position));
    const wide = this.#affine(kept, outer);
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
    const { fields } = this.#world;
    if (rules.length === 0 || this.#reality.length > 0) return undefined;
    const common = outer.map(([low, high], field): readonly [number, number] => [
      Math.max(low, ...rules.map(({ ranges }) => ranges[field]?.[0] ?? low)),
      Math.min(high, ...rules.map(({ ranges }) => ranges[field]?.[1] ?? high)),
    ]);
    if (this.#facts.some((field) => (common[field]?.[0] ?? 0) > (common[field]?.[1] ?? 0))) return undefined;
    return fields.map(({ type }, field) =>
      this.#isTerm(field) ? undefined : type.kind === 'set' ? 0 : common[field]?.[0],
    );
  }

  #opened(prelude: string): SolverSession {
    const session = this.#prover.open();
    session.run(`(set-option :produce-unsat-cores true)\n${prelude}`);
    return session;
  }

  #byFacts(facts: Values): Replacement {
    return new Map(this.#facts.map((index) => [index, facts[index]]));
  }

  #merged(facts: Values, terms: Values): Values {
    return this.#world.fields.map((_, index) => (this.#isTerm(index) ? terms[index] : facts[index]));
  }

  /** Facts count only where some terms make them a real input. */
  #assertReality(session: SolverSession): void {
    if (this.#reality.length === 0) return;
    const { fields } = this.#world;
    const copied = (field: FieldIndex): string => (this.#isTerm(field) ? '_real' : '');
    const real = this.#reality.map((formula) => `(assert ${text(fields, formula, NO_OPAQUE, copied)})`);
    session.run([declare(fields, this.#terms, '_real'), ...real].join('\n'));
  }

  /** A rule that is kept must not deny all terms by itself: some terms, of its own copy, satisfy it. */
  #assertNotAlone(
    position: number,
    own: readonly Bound[],
    select: (position: number) => string,
    session: SolverSession,
  ): void {
    const { fields } = this.#world;
    const rule = own.find((each) => each.position === position);
    const copied = (field: FieldIndex): string => (this.#isTerm(field) ? `_${position}` : '');
    const satisfied = [...this.#reality, ...(rule === undefined ? [] : [negate(rule.formula)])];
    session.run(
      [
        declare(fields, this.#terms, `_${position}`),
        ...satisfied.map((formula) => `(assert (=> ${select(position)} ${text(fields, formula, NO_OPAQUE, copied)}))`),
      ].join('\n'),
    );
  }

  /** Facts must be such that this answer is none: outside of its focus, or impossible, or denied by a rule that is kept. */
  #assertStrategy(
    { by, definitions, helpers, focus }: Strategy,
    own: readonly Bound[],
    select: (position: number) => string,
    session: SolverSession,
  ): void {
    const { fields } = this.#world;
    // Bounds are known only of declared fields.
    const within = (formula: Formula): Formula =>
      helpers.length > 0 ? replace(pushed(formula), new Map()) : boundedBy(fields, pushed(formula), focus).formula;
    const of = (formula: Formula): string => text(fields, formula, NO_OPAQUE);
    const isOpen = (formula: Formula): boolean => formula.kind !== 'constant' || formula.value;
    const failures = [...this.#outside(focus), ...this.#possible(by).map((formula) => within(negate(formula)))].filter(
      isOpen,
    );
    const held = own.flatMap(({ position, formula }) => {
      const left = within(replace(formula, by));
      return isOpen(left) ? [`(and ${select(position)} ${of(left)})`] : [];
    });
    session.run(
      [
        ...helpers.map(({ field }) => `(declare-const ${valueName(field)} Int)`),
        ...definitions.map((definition) => `(assert ${of(definition)})`),
        `(assert (or false ${failures.map(of).join(' ')} ${held.join(' ')}))`,
      ].join('\n'),
    );
  }

  #outside(focus: Ranges): Formula[] {
    const { fields } = this.#world;
    return this.#facts.flatMap((field): Formula[] => {
      const { minimum, maximum, type } = fields[field] as Field;
      const [low, high] = focus[field] as readonly [number, number];
      const terms = [{ of: 'value' as const, field, coefficient: 1 }];
      if (type.kind === 'set' || field === this.#world.day) return [];
      return [
        ...(low > minimum ? [{ kind: 'linear' as const, terms, is: 'lt' as const, bound: low }] : []),
        ...(high < maximum ? [{ kind: 'linear' as const, terms, is: 'gt' as const, bound: high }] : []),
      ];
    });
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

  #chooseFacts(
    declared: readonly number[],
    optional: ReadonlySet<number>,
    session: SolverSession,
  ): { facts: Values; leftOut: ReadonlySet<number> } | undefined {
    const { fields, day } = this.#world;
    const fixed = declared.filter((position) => !optional.has(position)).map((position) => `s${position}`);
    const selectors = declared.filter((position) => optional.has(position));
    const { output } = session.run(`(check-sat-assuming (${fixed.join(' ')}))`);
    if (output.trimStart().startsWith('unsat')) return undefined;
    if (!output.trimStart().startsWith('sat')) throw new Undecided();
    const asked = askValues(
      fields,
      this.#facts,
      selectors.map((position) => `s${position}`),
    );
    const named = readValues(session.run(asked).output);
    const facts = inputOf(
      fields,
      this.#facts,
      named,
      fields.map(() => undefined),
    );
    if (facts[day] === undefined) throw new Undecided();
    return { facts, leftOut: new Set(selectors.filter((position) => named.get(`s${position}`) !== true)) };
  }

  /** Within their domains, and real: what terms that follow the facts must be, to count as an answer. */
  #possible(by: Replacement): Formula[] {
    const { fields } = this.#world;
    const bounds = this.#terms.flatMap((index): Formula[] => {
      const field = fields[index];
      if (field === undefined || typeof by.get(index) !== 'object') return [];
      const terms = [{ of: 'value' as const, field: index, coefficient: 1 }];
      return [
        { kind: 'linear', terms, is: 'ge', bound: field.minimum },
        { kind: 'linear', terms, is: 'le', bound: field.maximum },
      ];
    });
    return [...bounds, ...this.#reality].map((formula) => replace(formula, by));
  }

  /** Whether terms that follow the facts satisfy the rules for these facts, read off the conditions. */
  #answers({ by, helpers }: Following, facts: Values, kept: readonly Bound[]): boolean {
    const extended = [...facts];
    for (const { field, value } of helpers) extended[field] = value;
    const isTrue = (formula: Formula): boolean => holds(formula, extended);
    return this.#possible(by).every(isTrue) && kept.every(({ formula }) => !isTrue(replace(formula, by)));
  }

  /** Terms that answer the facts of some values, and as many other facts as halving ranges around them finds. */
  #near(
    kept: readonly Bound[],
    outer: Ranges,
    values: Values,
    concerned: ReadonlySet<number>,
    helper: FieldIndex,
  ): Strategy {
    for (const halvings of HALVINGS) {
      const focus = outer.map(([low, high], field): readonly [number, number] => {
        const value = values[field];
        const kind = this.#world.fields[field]?.type.kind;
        if (this.#isTerm(field) || value === undefined || kind === 'set') return [low, high];
        if (kind === 'enum' || kind === 'boolean') return [value, value];
        const width = Math.ceil((high - low + 1) / 2 ** halvings);
        const first = low + Math.floor((value - low) / width) * width;
        return [first, Math.min(high, first + width - 1)];
      });
      const found = this.#affine(kept, focus);
      if ('by' in found && this.#answers(found, values, kept)) return found;
    }
    return { ...this.#along(kept, concerned, values, helper), focus: outer };
  }

  /** Terms as sums of facts that satisfy rules for all facts within a focus; or the rules that offsets cannot satisfy. */
  #affine(kept: readonly Bound[], focus: Ranges): Strategy | { readonly core: readonly number[] } {
    const { fields } = this.#world;
    const rules = withinFocus(fields, kept, focus);
    const rest = this.#terms.filter((field) => !this.#followed.includes(field));
    this.#offsetSession ??= this.#opened(`${declareUnbounded(this.#followed)}\n${declare(fields, rest)}`);
    const session = this.#offsetSession;
    let core: readonly number[] = [];
    for (const slopes of slopesFor(rules, this.#followed, this.#isTerm)) {
      const demands = demandsOn(fields, rules, this.#reality, slopes, focus, this.#isTerm);
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
      const named = isSatisfied ? readValues(session.run(askValues(fields, this.#terms)).output) : undefined;
      if (core.length === 0 && output.trimStart().startsWith('unsat')) core = coreOf(session);
      session.run('(pop)');
      if (named === undefined) continue;
      const values = inputOf(
        fields,
        this.#terms,
        named,
        fields.map(() => undefined),
      );
      return { by: strategyOf(slopes, this.#terms, values), definitions: [], helpers: [], focus };
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
      this.#world.fields,
      this.#terms,
      atoms,
      (field) => this.#compared.has(field),
      values,
      helper,
    );
    // It must answer these very facts, or the search would stand still.
    if (this.#answers(followed, values, kept)) return followed;
    return { by: new Map(this.#terms.map((index) => [index, values[index]])), definitions: [], helpers: [] };
  }

  /** Terms that satisfy all rules, or rules that leave none; on demand only those that cannot be spared. */
  #answerTo(
    open: readonly { readonly position: number; readonly formula: Formula }[],
    byFacts: Replacement,
    isLeast = false,
  ): { values: Values } | { owners: readonly number[] } {
    const { fields } = this.#world;
    this.#termSession ??= this.#opened(declare(fields, this.#terms));
    const session = this.#termSession;
    const reality = this.#reality.map((formula) => `(assert ${text(fields, replace(formula, byFacts), NO_OPAQUE)})`);
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
        const values = readValues(session.run(askValues(fields, this.#terms)).output);
        const none = fields.map(() => undefined);
        return { values: inputOf(fields, this.#terms, values, none) };
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

/** The rules that an unsatisfiable core names, ascending. */
function coreOf(session: SolverSession): readonly number[] {
  const { output } = session.run('(get-unsat-core)');
  return [...output.matchAll(/n(\d+)/g)].map(([, position]) => Number(position)).sort((a, b) => a - b);
}
