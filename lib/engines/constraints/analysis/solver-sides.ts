import type { SolverSession } from '../findings.ts';
import type { FieldIndex, Formula, Values } from '../model.ts';
import type { Following, Replacement } from './partial.ts';
import type { World } from './prepare.ts';
import type { Prover } from './prover.ts';
import { realityOf } from './reality.ts';
import { OpaqueNames } from './smt.ts';
import type { Ranges } from './solver-bounds.ts';
import { eachAtom } from './space.ts';

/** The solver gave up, or the rounds were used up. Caught where the question was asked. */
export class Undecided extends Error {}

/** What one rule denies, with opaque parts settled one way. */
export interface Denied {
  readonly position: number;
  readonly formula: Formula;
}

/** Terms as they answer facts, and where that answer counts. */
export interface Strategy extends Following {
  readonly focus: Ranges;
}

/** Opaque parts were settled before: none is left to be named. */
export const NO_OPAQUE = new OpaqueNames();

/** The fields of a world as a search sees them: facts on one side, terms on the other. */
export class Sides {
  readonly world: World;
  readonly terms: readonly FieldIndex[];
  readonly facts: readonly FieldIndex[];
  readonly reality: readonly Formula[];
  /** Terms that rules only compare, by number. */
  readonly compared: ReadonlySet<FieldIndex>;
  /** Those of them that are always there: they can be sums of facts. */
  readonly followed: readonly FieldIndex[];
  readonly isTerm: (field: number) => boolean;
  readonly #prover: Prover;

  constructor(world: World, prover: Prover, denied: readonly Denied[]) {
    this.world = world;
    this.#prover = prover;
    const every = world.fields.map((_, index) => index);
    this.isTerm = (field) => world.fields[field]?.role === 'term';
    this.terms = every.filter(this.isTerm);
    this.facts = every.filter((index) => !this.isTerm(index));
    this.reality = realityOf(world);
    const other = new Set<FieldIndex>();
    for (const formula of [...this.reality, ...denied.map((each) => each.formula)])
      eachAtom(formula, (atom) => {
        if (atom.kind === 'member' || atom.kind === 'contains') other.add(atom.field);
      });
    const isNumber = (index: FieldIndex): boolean => !other.has(index) && world.fields[index]?.type.kind !== 'set';
    this.compared = new Set(this.terms.filter(isNumber));
    this.followed = this.terms.filter((index) => isNumber(index) && world.fields[index]?.optional !== true);
  }

  /** Opens a context in which cores can be asked for. */
  opened(prelude: string): SolverSession {
    const session = this.#prover.open();
    session.run(`(set-option :produce-unsat-cores true)\n${prelude}`);
    return session;
  }

  byFacts(facts: Values): Replacement {
    return new Map(this.facts.map((index) => [index, facts[index]]));
  }

  /** Facts of one input with terms of another. */
  merged(facts: Values, terms: Values): Values {
    return this.world.fields.map((_, index) => (this.isTerm(index) ? terms[index] : facts[index]));
  }
}

/** The rules that an unsatisfiable core names, ascending. */
export function coreOf(session: SolverSession): readonly number[] {
  const { output } = session.run('(get-unsat-core)');
  return [...output.matchAll(/n(\d+)/g)].map(([, position]) => Number(position)).sort((a, b) => a - b);
}
