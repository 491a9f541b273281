import { isInForce, outranks } from '../evaluate/decide.ts';
import { reduceFormula } from '../evaluate/specialise.ts';
import { usesOf } from '../formula-uses.ts';
import type { ConstraintSet, FieldIndex, Formula, Rule, RuleIndex } from '../model.ts';
import { linear } from '../normalise.ts';

/** A condition that looks at one input as it came. */
export type Atom = Extract<Formula, { readonly kind: 'present' | 'linear' | 'member' | 'contains' | 'opaque' }>;

/** A condition over the input as it came: what defaults fill in is spelled out, what other rules do is named. */
export type Condition =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'applies'; readonly rule: RuleIndex }
  | Atom;

/** What a set decides on one day, as conditions over the input as it came. */
export interface Permission {
  readonly set: ConstraintSet;
  /** When the rules in force apply, in the order of the set. */
  readonly applies: ReadonlyMap<RuleIndex, Condition>;
  /** When the requirements in force are broken. */
  readonly broken: ReadonlyMap<RuleIndex, Condition>;
}

const TRUE: Condition = { kind: 'constant', value: true };
const FALSE: Condition = { kind: 'constant', value: false };

function joined(kind: 'and' | 'or', given: readonly Condition[]): Condition {
  const neutral = kind === 'and';
  const parts = given.filter((part) => part.kind !== 'constant' || part.value !== neutral);
  if (parts.some((part) => part.kind === 'constant')) return neutral ? FALSE : TRUE;
  const [only] = parts;
  if (only === undefined) return neutral ? TRUE : FALSE;
  return parts.length === 1 ? only : { kind, parts };
}

function not(part: Condition): Condition {
  if (part.kind === 'constant') return part.value ? FALSE : TRUE;
  return part.kind === 'not' ? part.part : { kind: 'not', part };
}

/** One of the ways in which a field comes to its value. */
interface Case {
  readonly when: Condition;
  /** What it is then: as given (`given`), or what a default says, or `undefined` when it stays absent. */
  readonly is: 'given' | number | undefined;
}

class Spelling {
  private readonly set: ConstraintSet;
  private readonly active: ReadonlySet<RuleIndex>;
  /** Fields that defaults in force fill, with these rules, the one that prevails first. */
  private readonly fillers = new Map<FieldIndex, RuleIndex[]>();

  constructor(set: ConstraintSet, day: number) {
    this.set = set;
    this.active = new Set(set.rules.flatMap((rule, index) => (isInForce(rule, day) ? [index] : [])));
    for (const index of this.active) {
      const { effect } = this.rule(index);
      if (effect.kind !== 'default' || set.fields[effect.field]?.optional !== true) continue;
      this.fillers.set(effect.field, [...(this.fillers.get(effect.field) ?? []), index]);
    }
    for (const rules of this.fillers.values()) rules.sort((a, b) => (outranks(this.rule(a), this.rule(b)) ? -1 : 1));
  }

  private rule(index: RuleIndex): Rule {
    const rule = this.set.rules[index];
    if (rule === undefined) throw new RangeError(`There is no rule ${index}.`);
    return rule;
  }

  private given(field: FieldIndex): Condition {
    return this.set.fields[field]?.optional === true ? { kind: 'present', field } : TRUE;
  }

  /** A condition over the input as it came, where `atom` says what becomes of each atom. */
  private spell(formula: Formula, atom: (atom: Atom) => Condition): Condition {
    switch (formula.kind) {
      case 'constant':
        return formula;
      case 'and':
      case 'or':
        return joined(
          formula.kind,
          formula.parts.map((part) => this.spell(part, atom)),
        );
      case 'not':
        return not(this.spell(formula.part, atom));
      default:
        return atom(formula);
    }
  }

  /** An atom that looks at the input as it came, in its canonical form. */
  private readonly raw = (atom: Atom): Condition => {
    switch (atom.kind) {
      case 'present':
        return this.given(atom.field);
      case 'member':
        return atom.values.length === 0 ? FALSE : atom;
      case 'contains':
        return atom.mask === 0 ? (atom.which === 'all' ? TRUE : FALSE) : atom;
      case 'linear': {
        const canonical = linear(atom.terms, atom.is, atom.bound);
        return canonical.kind === 'linear' || canonical.kind === 'constant' ? canonical : atom;
      }
      default:
        return atom;
    }
  };

  private cases(field: FieldIndex): Case[] {
    const cases: Case[] = [{ when: this.given(field), is: 'given' }];
    const before: Condition[] = [not(this.given(field))];
    for (const rule of this.fillers.get(field) ?? []) {
      const { effect } = this.rule(rule);
      if (effect.kind !== 'default') continue;
      const applies: Condition = { kind: 'applies', rule };
      cases.push({ when: joined('and', [...before, applies]), is: effect.value });
      before.push(not(applies));
    }
    return [...cases, { when: joined('and', before), is: undefined }];
  }

  /** An atom that looks at the input after defaults: one alternative for each way in which its fields come to their values. */
  private readonly filled = (atom: Atom): Condition => {
    const fields = [...usesOf(atom)].filter((field) => this.fillers.has(field));
    if (fields.length === 0) return this.raw(atom);
    if (atom.kind === 'present') {
      const fillers = (this.fillers.get(atom.field) ?? []).map((rule): Condition => ({ kind: 'applies', rule }));
      return joined('or', [this.given(atom.field), ...fillers]);
    }
    let ways: { readonly when: readonly Condition[]; readonly known: ReadonlyMap<FieldIndex, number | undefined> }[] = [
      { when: [], known: new Map() },
    ];
    for (const field of fields) {
      ways = ways.flatMap((way) =>
        this.cases(field)
          // Only an atom with a choice of its own is ever asked about a field that stays absent.
          .filter(({ is }) => is !== undefined || atom.kind === 'opaque')
          .map(({ when, is }) => ({
            when: [...way.when, when],
            known: is === 'given' ? way.known : new Map([...way.known, [field, is]]),
          })),
      );
    }
    const alternatives = ways.map(({ when, known }) =>
      joined('and', [...when, this.spell(reduceFormula(atom, known), this.raw)]),
    );
    return joined('or', alternatives);
  };

  permission(): Permission {
    const applies = new Map<RuleIndex, Condition>();
    const broken = new Map<RuleIndex, Condition>();
    for (const index of this.active) {
      const { when, overriddenBy, effect } = this.rule(index);
      const look = effect.kind === 'default' ? this.raw : this.filled;
      const overriders = overriddenBy.filter((other) => this.active.has(other));
      const met = joined('and', [this.spell(when, look), ...overriders.map((rule) => not({ kind: 'applies', rule }))]);
      applies.set(index, met);
      if (effect.kind !== 'require') continue;
      broken.set(index, joined('and', [met, not(this.spell(effect.condition, look))]));
    }
    return { set: this.set, applies, broken };
  }
}

/**
 * What a set decides on a day (days since 1970-01-01), spelled out over the input as it came: wherever a default may fill a
 * field, the condition distinguishes the value that was given from each one that may be filled in.
 */
export function permissionOf(set: ConstraintSet, day: number): Permission {
  return new Spelling(set, day).permission();
}
