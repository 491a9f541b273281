import type { Field, FieldIndex, Formula } from '../model.ts';
import { Antichain, type ConflictTier, type Days, type Shown } from './conflicts.ts';
import { wholeTime } from './days.ts';
import { fieldsIn, type Replacement, replace, settleOpaque } from './partial.ts';
import { both, negate, type World } from './prepare.ts';
import type { Prover } from './prover.ts';
import { Search } from './solver-search.ts';
import { type Denied, Undecided } from './solver-sides.ts';
import { eachAtom } from './space.ts';

export interface SolverConflicts extends ConflictTier {
  readonly cores: readonly (readonly number[])[];
  readonly truncated: boolean;
  readonly undecided: readonly (readonly number[])[];
  /** Rules that deny all terms by themselves for some facts, as their opaque parts were settled. */
  readonly alone: ReadonlySet<number>;
  /** Frees what showing takes. */
  readonly close: () => void;
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

/** Fewer rules than this are looked at together. */
const FEW = 4;

/** Values that no condition on the field tells apart, first seen first. */
function alike(field: FieldIndex, values: readonly (number | undefined)[], group: readonly Denied[]) {
  const atoms = new Map<string, Formula>();
  for (const { formula } of group)
    eachAtom(formula, (atom) => {
      if (fieldsIn(atom).has(field)) atoms.set(JSON.stringify(atom), atom);
    });
  const told = [...atoms.values()];
  return [
    ...Map.groupBy(values, (value) => {
      const by: Replacement = new Map([[field, value]]);
      return JSON.stringify(told.map((atom) => replace(atom, by)));
    }).values(),
  ];
}

/**
 * The same rules for each value of the enum among the facts that most of them look at, when it is worth it: rules for
 * different values never meet.
 */
function casesOf(world: World, group: readonly Denied[]): Denied[][] {
  if (group.length < FEW) return [[...group]];
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
  const [index] = most;
  const field = world.fields[index] as Field;
  const values = Array.from({ length: field.maximum - field.minimum + 1 }, (_, at) => field.minimum + at);
  return alike(index, [...(field.optional ? [undefined] : []), ...values], group).map((same) => {
    const [value] = same;
    const by: Replacement = new Map([[index, value]]);
    const numbers = same.filter((each) => each !== undefined);
    const member: Formula =
      value === undefined
        ? negate({ kind: 'present', field: index })
        : both({ kind: 'present', field: index }, { kind: 'member', field: index, values: numbers });
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
    return looksAtTerms ? [{ position, formula }] : [];
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
    close: () => search.close(),
  };
}
