import type { Digest } from '../../core/digest.ts';

/**
 * The normalised model of a constraint set: what the front end makes of a source, and what every analysis and target works on.
 * All values are integers within a declared domain, so that each sum that a rule may form is exact (at most 2^53 - 1 in size,
 * which the front end proves by interval arithmetic and refuses otherwise).
 */

/** A place in a source text; lines and columns count from one. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** How people write a field's values, and what the integer stands for. */
export type FieldKind =
  /** A whole number, with a unit for people ("months", "seats"). */
  | { readonly kind: 'integer'; readonly unit?: string }
  /** A decimal with `scale` digits behind the point; the integer is the value times 10^scale. */
  | { readonly kind: 'decimal'; readonly scale: number; readonly unit?: string }
  /** Minor units of one currency. */
  | { readonly kind: 'money'; readonly currency: string }
  /** Basis points. */
  | { readonly kind: 'ratio' }
  /** A calendar date (ISO 8601); the integer counts days since 1970-01-01. */
  | { readonly kind: 'date' }
  /** A length of time; the integer counts seconds. */
  | { readonly kind: 'duration' }
  /** One of some words; the integer is the index into `values`. */
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  /** 0 is false, 1 is true. */
  | { readonly kind: 'boolean' }
  /** Some of at most 30 words; bit i of the integer says whether `values[i]` is among them. */
  | { readonly kind: 'set'; readonly values: readonly string[]; readonly maximumSize: number };

/** A field of the inputs, by its position in `ConstraintSet.fields`. */
export type FieldIndex = number;

export interface Field {
  /** Dotted path into the input, such as `account.churnRisk`; rules write `request.account.churnRisk`. */
  readonly path: string;
  readonly type: FieldKind;
  /** The smallest and the largest value of the domain, both included. Enum: 0 and length - 1. Set: 0 and 2^length - 1. */
  readonly minimum: number;
  readonly maximum: number;
  /** Whether an input may leave it out (or hold null, which means the same). Rules reach its value only behind `has(...)`. */
  readonly optional: boolean;
  /**
   * `fact`: given by the situation. `term`: chosen by those who make the deal. Obligations contradict each other when some
   * facts leave no terms that satisfy them all. Where the source is silent: a field that a `require` or `forbid` condition
   * constrains is a term, any other one a fact.
   */
  readonly role: 'fact' | 'term';
  readonly description?: string;
  readonly span: Span;
}

/** `coefficient` times the value of a field, or times the number of elements of a set field. */
export interface LinearTerm {
  readonly of: 'value' | 'size';
  readonly field: FieldIndex;
  readonly coefficient: number;
}

/**
 * A condition over one input. It is total: wherever an optional field's value is used, its presence was tested before
 * (the front end refuses anything else), and connectives evaluate from left to right and stop early.
 */
export type Formula =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Formula[] }
  | { readonly kind: 'not'; readonly part: Formula }
  /** The optional field is there. */
  | { readonly kind: 'present'; readonly field: FieldIndex }
  /** Sum of the terms, compared with a bound. Fields of kind integer, decimal, money, ratio, date, duration, and sizes. */
  | {
      readonly kind: 'linear';
      readonly terms: readonly LinearTerm[];
      readonly is: 'lt' | 'le' | 'eq' | 'ne' | 'ge' | 'gt';
      readonly bound: number;
    }
  /** An enum field has one of the values; indices ascend. A boolean field is an enum of [false, true] here. */
  | { readonly kind: 'member'; readonly field: FieldIndex; readonly values: readonly number[] }
  /** A set field holds at least one (`any`), or each (`all`), of the elements of a bit mask. */
  | { readonly kind: 'contains'; readonly field: FieldIndex; readonly which: 'any' | 'all'; readonly mask: number }
  /** Computable but beyond the analysable subset, such as a product of two fields. Analyses answer `unknown` where it matters. */
  | { readonly kind: 'opaque'; readonly expression: Expression };

/** Integer arithmetic that is beyond linear; division truncates and `%` takes the dividend's sign, as in CEL. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'value' | 'size'; readonly field: FieldIndex }
  | { readonly kind: 'negate'; readonly of: Expression }
  | {
      readonly kind: 'add' | 'subtract' | 'multiply' | 'divide' | 'remainder';
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'choose'; readonly when: Formula; readonly yes: Expression; readonly no: Expression }
  | {
      readonly kind: 'compare';
      readonly is: 'lt' | 'le' | 'eq' | 'ne' | 'ge' | 'gt';
      readonly left: Expression;
      readonly right: Expression;
    };

/** A rule, by its position in `ConstraintSet.rules`. */
export type RuleIndex = number;

export type Effect =
  /** Where the rule applies, the condition must hold. `forbid C` is `require not C`; `forbid` alone is `require false`. */
  | { readonly kind: 'require'; readonly condition: Formula; readonly forbids: boolean }
  /** Where the rule applies, these labels (such as approval levels) are added to the route; they ascend. */
  | { readonly kind: 'route'; readonly to: readonly string[] }
  /** Where the rule applies and the optional field is absent, it takes the value; the highest priority wins, then the lower id. */
  | { readonly kind: 'default'; readonly field: FieldIndex; readonly value: number };

/** When a rule is in force: days since 1970-01-01, from included, until excluded. */
export interface Interval {
  readonly from?: number;
  readonly until?: number;
}

export interface Rule {
  /** For a row of a decision table: `table#row`, rows counted from one. */
  readonly id: string;
  readonly owner: string;
  readonly when: Formula;
  readonly effect: Effect;
  readonly inForce: Interval;
  readonly priority: number;
  /** Rules that make this one not apply where they apply themselves, on days on which both are in force. Never cyclic. */
  readonly overriddenBy: readonly RuleIndex[];
  readonly message: string;
  readonly span: Span;
  /**
   * Of the `when`, and of the condition, where the source has one: CEL as it stands there. For a row of a table, scope and
   * cells of the row alone as CEL: the exclusion of other rows follows from the table's hit policy.
   */
  readonly whenSource?: string;
  readonly conditionSource?: string;
  /** The table whose row this is. Rows of `first` and `priority` tables exclude the rows before them in their `when`. */
  readonly table?: { readonly id: string; readonly row: number };
}

/** A decision table: its rows are rules as well; here stands what gaps and overlaps are judged by. */
export interface DecisionTable {
  readonly id: string;
  readonly owner: string;
  /** DMN 1.5, section 8.2.8. */
  readonly hitPolicy: 'unique' | 'any' | 'first' | 'priority' | 'collect';
  /** Fields that the input columns look at. */
  readonly inputs: readonly FieldIndex[];
  /** Each row's own cells, without the exclusion of earlier rows, and the rule that it became. */
  readonly rows: readonly { readonly cells: Formula; readonly rule: RuleIndex; readonly span: Span }[];
  /** Whether each input must meet some row: then a gap is a finding. */
  readonly complete: boolean;
  /** What inputs the table is about; outside of it a gap is none. */
  readonly scope: Formula;
  readonly span: Span;
}

export interface ConstraintSet {
  readonly name: string;
  /** Semantic version of the source. */
  readonly version: string;
  /** The skill whose decisions these rules govern. */
  readonly skill: string;
  readonly fields: readonly Field[];
  readonly rules: readonly Rule[];
  readonly tables: readonly DecisionTable[];
  /** Pairs of labels that must not stand on one route; each pair and the list ascend. */
  readonly exclusiveRoutes: readonly (readonly [string, string])[];
  readonly waivers: readonly Waiver[];
  /** Fields of an input that are not declared are refused, unless the source says that they do not matter. */
  readonly additionalFields?: 'ignore';
  /** Digest of the source document in its canonical layout: comments, key order and white space do not matter. */
  readonly sourceDigest: Digest;
}

/** Somebody answers for living with a finding until a day. */
export interface Waiver {
  /** `findingDigest` of the finding; when the finding changes, the waiver lapses. */
  readonly finding: Digest;
  readonly owner: string;
  readonly reason: string;
  /** Days since 1970-01-01; the waiver holds before this day. */
  readonly until: number;
}

/** An input as rules see it: one integer a field, `undefined` where an optional field is absent. */
export type Values = readonly (number | undefined)[];

/** What rules decide about an input on a day. */
export interface Decision {
  /** `denied`: a requirement is broken. `routed`: labels stand on the route. `allowed`: neither. */
  readonly outcome: 'denied' | 'routed' | 'allowed';
  /** Ids of all rules that apply, in the order of the set. */
  readonly applied: readonly string[];
  /** Ids of the applying rules whose condition does not hold. */
  readonly violated: readonly string[];
  /** Labels of the route, ascending, each once. */
  readonly route: readonly string[];
  /** What absent fields take, by path. They take it before other rules look. */
  readonly defaults: Readonly<Record<string, number>>;
}
