import { describeFormula } from '../describe.ts';
import type { RuleIndex } from '../model.ts';
import type { Atom, Condition, Permission } from './permission.ts';

/** A condition as a target writes it: negation stands at atoms and names only. */
export type Tree =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Tree[] }
  | { readonly kind: 'atom'; readonly atom: Atom; readonly holds: boolean }
  /** Whether a rule applies, for targets that can name conditions. */
  | { readonly kind: 'named'; readonly rule: RuleIndex; readonly holds: boolean };

/** A tree, and what a target could not say of the condition it stands for. */
export interface Approximated {
  readonly tree: Tree;
  readonly lost: readonly Atom[];
}

export const TRUE: Tree = { kind: 'constant', value: true };

function joined(kind: 'all' | 'any', given: readonly Tree[]): Tree {
  const neutral = kind === 'all';
  const parts = given.filter((part) => part.kind !== 'constant' || part.value !== neutral);
  const settled = parts.find((part) => part.kind === 'constant');
  if (settled !== undefined) return settled;
  const [only] = parts;
  if (only === undefined) return { kind: 'constant', value: neutral };
  return parts.length === 1 ? only : { kind, parts };
}

/** Every part holds. */
export function allOf(parts: readonly Tree[]): Tree {
  return joined('all', parts);
}

/** Some part holds. */
export function anyOf(parts: readonly Tree[]): Tree {
  return joined('any', parts);
}

/** The opposite. */
export function opposite(tree: Tree): Tree {
  switch (tree.kind) {
    case 'constant':
      return { kind: 'constant', value: !tree.value };
    case 'all':
    case 'any':
      return { kind: tree.kind === 'all' ? 'any' : 'all', parts: tree.parts.map(opposite) };
    default:
      return { ...tree, holds: !tree.holds };
  }
}

/**
 * Writes conditions with the atoms that a target can say. `atLeast` gives a condition that holds wherever the given one does.
 *
 * Why it does: a tree has its negations at the atoms, so it is monotone in what stands there. An atom that the target cannot
 * say becomes true, which can only make the whole true more often. Where all atoms can be said the tree is the condition
 * itself. The order of parts stays, so that a test of presence still stands before what relies on it.
 */
export class Approximation {
  private readonly permission: Permission;
  private readonly says: (atom: Atom, holds: boolean) => boolean;
  private readonly naming: boolean;
  private readonly known = new Map<string, Approximated>();

  /**
   * @param says whether the target can say that an atom holds, or does not
   * @param naming whether trees name other rules instead of repeating when they apply
   */
  constructor(permission: Permission, says: (atom: Atom, holds: boolean) => boolean, naming = false) {
    this.permission = permission;
    this.says = says;
    this.naming = naming;
  }

  /** When a rule applies, or does not, at least. */
  applies(rule: RuleIndex, holds: boolean): Approximated {
    const key = `${rule} ${holds}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const made = this.atLeast(this.permission.applies.get(rule) ?? { kind: 'constant', value: false }, holds);
    this.known.set(key, made);
    return made;
  }

  /** A tree that holds wherever the condition (or, with `holds` false, its opposite) does. */
  atLeast(condition: Condition, holds = true): Approximated {
    switch (condition.kind) {
      case 'constant':
        return { tree: { kind: 'constant', value: condition.value === holds }, lost: [] };
      case 'and':
      case 'or': {
        const parts = condition.parts.map((part) => this.atLeast(part, holds));
        const lost = parts.flatMap((part) => part.lost);
        const join = (condition.kind === 'and') === holds ? allOf : anyOf;
        return { tree: join(parts.map(({ tree }) => tree)), lost: [...new Set(lost)] };
      }
      case 'not':
        return this.atLeast(condition.part, !holds);
      case 'applies': {
        const made = this.applies(condition.rule, holds);
        if (!this.naming || made.tree.kind === 'constant') return made;
        return { tree: { kind: 'named', rule: condition.rule, holds }, lost: made.lost };
      }
      default:
        if (this.says(condition, holds)) return { tree: { kind: 'atom', atom: condition, holds }, lost: [] };
        return { tree: TRUE, lost: [condition] };
    }
  }
}

/** What permits an input, rule by rule. */
export interface PermittedTrees {
  /** For each requirement in force: a condition that holds wherever the requirement is kept or does not apply. */
  readonly kept: ReadonlyMap<RuleIndex, Tree>;
  /** What is left out, for people. */
  readonly weaker: readonly string[];
}

/** Writes each requirement as a condition that every input that keeps it meets. */
export function permittedTrees(
  { set, broken }: Permission,
  approximation: Approximation,
  language: string,
): PermittedTrees {
  const kept = new Map<RuleIndex, Tree>();
  const weaker: string[] = [];
  for (const [rule, condition] of broken) {
    const { tree, lost } = approximation.atLeast(condition, false);
    kept.set(rule, tree);
    if (lost.length === 0) continue;
    const texts = [...new Set(lost.map((atom) => `"${describeFormula(atom, set.fields)}"`))];
    const extent = tree.kind === 'constant' && tree.value ? 'the rule is left out' : 'the rule denies less';
    weaker.push(`Rule ${set.rules[rule]?.id}: ${language} cannot say ${texts.join(', ')}; ${extent}.`);
  }
  return { kept, weaker };
}

/** How many atoms and names a tree holds where it is written out; parts that are shared count each time. */
export function sizeOf(tree: Tree, known = new Map<Tree, number>()): number {
  if (tree.kind !== 'all' && tree.kind !== 'any') return 1;
  const before = known.get(tree);
  if (before !== undefined) return before;
  const size = tree.parts.reduce((so, part) => so + sizeOf(part, known), 0);
  known.set(tree, size);
  return size;
}

/** Atoms that are written at most; what would take more is refused. */
export const MOST_ATOMS = 100_000;

/** Why trees are too large to be written out, or nothing. */
export function tooLarge(trees: Iterable<Tree>): string[] {
  const known = new Map<Tree, number>();
  const size = [...trees].reduce((so, tree) => so + sizeOf(tree, known), 0);
  if (size <= MOST_ATOMS) return [];
  return [`Written out, the rules take ${size} comparisons; at most ${MOST_ATOMS} are written.`];
}

/** How a target writes trees. */
export interface Writer<T> {
  constant(value: boolean): T;
  all(parts: readonly T[]): T;
  any(parts: readonly T[]): T;
  atom(atom: Atom, holds: boolean): T;
  named?(rule: RuleIndex, holds: boolean): T;
}

/** Writes a tree. */
export function write<T>(tree: Tree, writer: Writer<T>): T {
  switch (tree.kind) {
    case 'constant':
      return writer.constant(tree.value);
    case 'all':
    case 'any':
      return writer[tree.kind](tree.parts.map((part) => write(part, writer)));
    case 'atom':
      return writer.atom(tree.atom, tree.holds);
    case 'named':
      if (writer.named === undefined) throw new TypeError('This target names no conditions.');
      return writer.named(tree.rule, tree.holds);
  }
}
