import type { Field, FieldIndex, Formula, Values } from '../model.ts';
import { Antichain, type ConflictTier, type Days, type Shown } from './conflicts.ts';
import { wholeTime } from './days.ts';
import { holds } from './holds.ts';
import type { LinearAtom } from './linear.ts';
import { type Following, fieldsIn, following, type Replacement, replace, settleOpaque } from './partial.ts';
import { both, inForce, negate, type World } from './prepare.ts';
import { type Prover, realityOf } from './prover.ts';
import { askValues, declare, inputOf, OpaqueNames, readValues, text, valueName } from './smt.ts';
import { eachAtom } from './space.ts';

/** Rounds of facts against terms; each one costs two scripts. */
const MOST_ROUNDS = 400;

/** The solver gave up, or the rounds were used up. Caught where the question was asked. */
class Undecided extends Error {}

/** What one rule denies, with opaque parts settled one way. */
interface Denied {
  readonly position: number;
  readonly formula: Formula;
  readonly looksAtTerms: boolean;
}

interface Found {
  readonly facts: Values;
  readonly owners: readonly number[];
}

export interface SolverConflicts extends ConflictTier {
  readonly cores: readonly (readonly number[])[];
  readonly truncated: boolean;
  readonly undecided: readonly (readonly number[])[];
  /** Rules that deny all terms by themselves for some facts, as their opaque parts were settled. */
  readonly alone: ReadonlySet<number>;
}

/**
 * Searches facts that leave no terms, by counterexamples: facts that no terms found so far satisfy, then terms for these
 * facts, until there are no such facts or no such terms (counterexample-guided inductive synthesis).
 */
class Search {
  readonly #world: World;
  readonly #prover: Prover;
  readonly #terms: readonly FieldIndex[];
  readonly #facts: readonly FieldIndex[];
  readonly #reality: readonly Formula[];
  readonly #compared: ReadonlySet<FieldIndex>;
  readonly alone = new Set<number>();

  constructor(world: World, prover: Prover, denied: readonly Denied[]) {
    this.#world = world;
    this.#prover = prover;
    const every = world.fields.map((_, index) => index);
    this.#terms = every.filter((index) => world.fields[index]?.role === 'term');
    this.#facts = every.filter((index) => world.fields[index]?.role !== 'term');
    this.#reality = realityOf(world);
    const other = new Set<FieldIndex>();
    for (const formula of [...this.#reality, ...denied.map((each) => each.formula)])
      eachAtom(formula, (atom) => {
        if (atom.kind === 'member' || atom.kind === 'contains') other.add(atom.field);
      });
    this.#compared = new Set(
      this.#terms.filter((index) => !other.has(index) && world.fields[index]?.type.kind !== 'set'),
    );
  }

  /**
   * Facts and a minimal set of two rules or more that leave no terms for them, other than supersets of the known ones.
   * @throws Undecided when the solver's steps are used up
   */
  find(denied: readonly Denied[], known: readonly (readonly number[])[], days: Days): Found | undefined {
    const { fields } = this.#world;
    const instances: Formula[][] = [];
    const answers: Following[] = [];
    let helpers = fields.length;
    // Rules that may be left out: those of known sets, and plain prohibitions.
    const optional = new Set(known.flat());
    const prohibiting = new Set<number>();
    const own = denied.filter(({ looksAtTerms }) => looksAtTerms);
    const before = this.#prover.spent;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      if (this.#prover.spent - before > this.#prover.steps) throw new Undecided();
      const chosen = this.#chooseFacts(own, instances, answers, optional, prohibiting, known, days);
      if (chosen === undefined) return undefined;
      const { facts, leftOut } = chosen;
      const byFacts: Replacement = new Map(this.#facts.map((index) => [index, facts[index]]));
      const kept = own.filter(({ position }) => !leftOut.has(position));
      const open = kept.flatMap(({ position, formula }) => {
        const left = replace(formula, byFacts);
        return left.kind === 'constant' && !left.value ? [] : [{ position, formula: left }];
      });
      const answer = this.#termsFor(open, byFacts);
      if ('values' in answer) {
        const values = fields.map((_, index) => (this.#terms.includes(index) ? answer.values[index] : facts[index]));
        const made = this.#instanceOf(kept, new Set(open.map(({ position }) => position)), values, helpers);
        helpers += made.helpers.length;
        answers.push(made);
        instances.push(own.map(({ formula }) => replace(formula, made.by)));
        continue;
      }
      const owners = this.#least(answer.owners, open, byFacts);
      const [only] = owners;
      if (owners.length === 1 && only !== undefined) {
        prohibiting.add(only);
        this.alone.add(only);
        optional.add(only);
        continue;
      }
      if (owners.length === 0) throw new Undecided();
      return { facts, owners };
    }
    throw new Undecided();
  }

  /** Terms that satisfy some rules for the facts of a witness. */
  termsFor(denied: readonly Denied[], facts: Values): Values | undefined {
    const byFacts: Replacement = new Map(this.#facts.map((index) => [index, facts[index]]));
    const open = denied.map(({ position, formula }) => ({ position, formula: replace(formula, byFacts) }));
    const answer = this.#termsFor(open, byFacts);
    return 'values' in answer
      ? facts.map((value, index) => (this.#terms.includes(index) ? answer.values[index] : value))
      : undefined;
  }

  #chooseFacts(
    own: readonly Denied[],
    instances: readonly (readonly Formula[])[],
    answers: readonly Following[],
    optional: ReadonlySet<number>,
    prohibiting: ReadonlySet<number>,
    known: readonly (readonly number[])[],
    days: Days,
  ): { facts: Values; leftOut: ReadonlySet<number> } | undefined {
    const { fields, day } = this.#world;
    const opaque = new OpaqueNames();
    const of = (formula: Formula): string => text(fields, formula, opaque);
    const period = of(inForce(day, { from: days[0], until: days[1] + 1 }));
    const lines = [declare(fields, this.#facts), `(assert ${period})`];
    for (const position of optional) lines.push(`(declare-const s${position} Bool)`);
    for (const set of known) lines.push(`(assert (not (and ${set.map((position) => `s${position}`).join(' ')})))`);
    for (const { helpers, definitions } of answers) {
      for (const { field } of helpers) lines.push(`(declare-const ${valueName(field)} Int)`);
      for (const definition of definitions) lines.push(`(assert ${of(definition)})`);
    }
    instances.forEach((denials, at) => {
      const held = denials.flatMap((formula, index) => {
        if (formula.kind === 'constant' && !formula.value) return [];
        const position = own[index]?.position as number;
        return [optional.has(position) ? `(and s${position} ${of(formula)})` : of(formula)];
      });
      const possible = this.#possible((answers[at] as Following).by).map(of);
      lines.push(`(assert (or false ${possible.map((each) => `(not ${each})`).join(' ')} ${held.join(' ')}))`);
    });
    // Facts count only where some terms make them a real input.
    if (this.#reality.length > 0) {
      const copied = (field: FieldIndex): string => (this.#terms.includes(field) ? '_real' : '');
      const real = text(fields, both(...this.#reality), opaque, copied);
      lines.push(declare(fields, this.#terms, '_real'), `(assert ${real})`);
    }
    // A rule that is kept must not deny all terms by itself: some terms, of its own copy, satisfy it.
    for (const position of prohibiting) {
      const suffix = `_${position}`;
      const copied = (field: FieldIndex): string => (this.#terms.includes(field) ? suffix : '');
      const formula = own.find((each) => each.position === position)?.formula as Formula;
      const satisfied = text(fields, both(...this.#reality, negate(formula)), opaque, copied);
      lines.push(declare(fields, this.#terms, suffix), `(assert (=> s${position} ${satisfied}))`);
    }
    const selectors = [...optional].map((position) => `s${position}`);
    const { output } = this.#prover.run(
      [opaque.declarations, ...lines, '(check-sat)', askValues(fields, this.#facts, selectors)].join('\n'),
    );
    if (output.trimStart().startsWith('unsat')) return undefined;
    if (!output.trimStart().startsWith('sat')) throw new Undecided();
    const named = readValues(output);
    return {
      facts: inputOf(
        fields,
        this.#facts,
        named,
        fields.map(() => undefined),
      ),
      leftOut: new Set([...optional].filter((position) => named.get(`s${position}`) !== true)),
    };
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

  /** Terms that answer the facts of the values, following them along the bounds of the rules that matter for them. */
  #instanceOf(kept: readonly Denied[], concerned: ReadonlySet<number>, values: Values, helper: FieldIndex): Following {
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
    // The instance must answer these very facts, or the search would stand still.
    const extended = [...values];
    for (const { field, value } of followed.helpers) extended[field] = value;
    const isTrue = (formula: Formula): boolean => holds(formula, extended);
    const good =
      this.#possible(followed.by).every(isTrue) && kept.every(({ formula }) => !isTrue(replace(formula, followed.by)));
    if (good) return followed;
    return { by: new Map(this.#terms.map((index) => [index, values[index]])), definitions: [], helpers: [] };
  }

  #termsFor(
    open: readonly { readonly position: number; readonly formula: Formula }[],
    byFacts: Replacement,
  ): { values: Values } | { owners: readonly number[] } {
    const { fields } = this.#world;
    const opaque = new OpaqueNames();
    const reality = this.#reality.map((formula) => `(assert ${text(fields, replace(formula, byFacts), opaque)})`);
    const named = open.map(
      ({ position, formula }) => `(assert (! (not ${text(fields, formula, opaque)}) :named n${position}))`,
    );
    const { output } = this.#prover.run(
      [
        '(set-option :produce-unsat-cores true)',
        declare(fields, this.#terms),
        opaque.declarations,
        ...reality,
        ...named,
        '(check-sat)(get-unsat-core)',
        askValues(fields, this.#terms),
      ].join('\n'),
    );
    const answer = output.trimStart();
    if (answer.startsWith('sat'))
      return {
        values: inputOf(
          fields,
          this.#terms,
          readValues(answer),
          fields.map(() => undefined),
        ),
      };
    if (!answer.startsWith('unsat')) throw new Undecided();
    const core = /^unsat\s*\(([^)]*)\)/.exec(answer)?.[1] ?? '';
    return { owners: [...core.matchAll(/n(\d+)/g)].map(([, position]) => Number(position)).sort((a, b) => a - b) };
  }

  #least(
    owners: readonly number[],
    open: readonly { readonly position: number; readonly formula: Formula }[],
    byFacts: Replacement,
  ): readonly number[] {
    let left = owners;
    for (const owner of owners.toReversed()) {
      const rest = left.filter((each) => each !== owner);
      const answer = this.#termsFor(
        open.filter(({ position }) => rest.includes(position)),
        byFacts,
      );
      if ('owners' in answer) left = rest;
    }
    return left;
  }
}

/** Groups of rules that share terms: rules of different groups never need each other to leave no terms. */
function components(world: World, denied: readonly Denied[]): Denied[][] {
  const parent = world.fields.map((_, index) => index);
  const root = (field: number): number => {
    let at = field;
    while (parent[at] !== at) at = parent[at] as number;
    return at;
  };
  const termsOf = (formula: Formula): number[] =>
    [...fieldsIn(formula)].filter((index) => world.fields[index]?.role === 'term').sort((a, b) => a - b);
  const groups = [...denied.map(({ formula }) => formula), ...world.unreal.map(({ formula }) => formula)].map(termsOf);
  for (const [first, ...others] of groups)
    for (const other of others) if (first !== undefined) parent[root(other)] = root(first);
  const byRoot = Map.groupBy(denied, ({ formula }) => root(termsOf(formula)[0] ?? 0));
  return [...byRoot.values()];
}

/**
 * The same rules for each value of the enum among the facts that most of them look at, when it is worth it: rules for
 * different values never meet.
 */
function casesOf(world: World, group: readonly Denied[]): Denied[][] {
  if (group.length < 12) return [[...group]];
  const uses = new Map<FieldIndex, number>();
  for (const { formula } of group) {
    const own = new Set<FieldIndex>();
    eachAtom(formula, (atom) => {
      if (atom.kind === 'member' && world.fields[atom.field]?.role === 'fact') own.add(atom.field);
    });
    for (const field of own) uses.set(field, (uses.get(field) ?? 0) + 1);
  }
  const [most] = [...uses].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  if (most === undefined) return [[...group]];
  const field = world.fields[most[0]] as Field;
  const values = Array.from({ length: field.maximum - field.minimum + 1 }, (_, at) => field.minimum + at);
  return [...(field.optional ? [undefined] : []), ...values].map((value) => {
    const by: Replacement = new Map([[most[0], value]]);
    const member: Formula =
      value === undefined
        ? negate({ kind: 'present', field: most[0] })
        : both({ kind: 'present', field: most[0] }, { kind: 'member', field: most[0], values: [value] });
    return group.flatMap((each) => {
      const formula = replace(each.formula, by);
      return formula.kind === 'constant' && !formula.value ? [] : [{ ...each, formula: both(member, formula) }];
    });
  });
}

function deniedBy(world: World, most: boolean): Denied[] {
  return world.rules.flatMap(({ position, violates, rule }): Denied[] => {
    if (rule.effect.kind !== 'require' || violates.boxes?.length === 0) return [];
    const formula = settleOpaque(violates.formula, most);
    const looksAtTerms = [...fieldsIn(formula)].some((index) => world.fields[index]?.role === 'term');
    return looksAtTerms ? [{ position, formula, looksAtTerms }] : [];
  });
}

/**
 * All conflicts that involve a rule which is no union of boxes, or one for which the boxes were not finished.
 * @param most settles opaque parts so that rules deny as much (or as little) as they could
 */
export function solverConflicts(
  world: World,
  prover: Prover,
  known: readonly (readonly number[])[],
  hard: ReadonlySet<number>,
  cap: number,
  most: boolean,
): SolverConflicts {
  const denied = deniedBy(world, most);
  const search = new Search(world, prover, denied);
  const cores = new Antichain();
  const undecided: (readonly number[])[] = [];
  const within = (owners: readonly number[]): Denied[] => denied.filter(({ position }) => owners.includes(position));
  const least = (owners: readonly number[]): readonly number[] => {
    if (owners.length > 2)
      for (const owner of owners) {
        const smaller = search.find(within(owners.filter((each) => each !== owner)), [], wholeTime(world));
        if (smaller !== undefined) return least(smaller.owners);
      }
    return owners;
  };
  for (const whole of components(world, denied)) {
    if (!whole.some(({ position }) => hard.has(position))) continue;
    // Small groups first: they are settled soonest.
    for (const group of casesOf(world, whole).toSorted((a, b) => a.length - b.length)) {
      const positions = group.map(({ position }) => position);
      const inGroup = (set: readonly number[]): boolean => set.every((position) => positions.includes(position));
      try {
        while (cores.sets.length <= cap) {
          const blocked = [...known.filter(inGroup), ...cores.sets.filter(inGroup)];
          const found = search.find(group, blocked, wholeTime(world));
          if (found === undefined) break;
          cores.add(least(found.owners));
        }
      } catch (error) {
        if (!(error instanceof Undecided)) throw error;
        undecided.push(positions);
      }
    }
  }
  const show = (positions: readonly number[], days: Days): Shown | undefined => {
    try {
      const own = within(positions);
      const found = search.find(own, [], days);
      if (found === undefined || found.owners.length < positions.length) return undefined;
      const without = positions.flatMap((position) => {
        const values = search.termsFor(
          own.filter((each) => each.position !== position),
          found.facts,
        );
        return values === undefined ? [] : [{ position, values }];
      });
      const [first] = without;
      return first === undefined ? undefined : { witness: first.values, without };
    } catch (error) {
      if (error instanceof Undecided) return undefined;
      throw error;
    }
  };
  return {
    by: 'solver',
    cores: cores.sets.slice(0, cap),
    truncated: cores.sets.length > cap,
    undecided,
    alone: search.alone,
    show,
  };
}
