import type { Expression, FieldIndex, Formula, LinearTerm } from '../model.ts';

/** What a number of an expression counts. Dates and durations count seconds here, so that they add up. */
export type Unit =
  | { readonly kind: 'number'; readonly unit?: string }
  | { readonly kind: 'decimal'; readonly scale: number; readonly unit?: string }
  | { readonly kind: 'money'; readonly currency: string }
  | { readonly kind: 'ratio' }
  | { readonly kind: 'date' }
  | { readonly kind: 'duration' };

export interface Linear {
  readonly terms: readonly LinearTerm[];
  readonly constant: number;
}

/** A linear sum that a number is where a condition holds. */
export interface Case {
  readonly when: Formula;
  readonly sum: Linear;
}

export interface NumberValue {
  readonly of: 'number';
  readonly unit: Unit;
  readonly low: number;
  readonly high: number;
  /** Whether it is a literal, and the field that it is, if it is nothing else. */
  readonly literal: boolean;
  /** Whether it is made of literals only, so that a plain number takes whatever unit stands opposite. */
  readonly free: boolean;
  readonly field?: FieldIndex;
  /** Exhaustive and exclusive; `undefined` when the number is not piecewise linear. */
  readonly cases: readonly Case[] | undefined;
  readonly expression: Expression;
  /** Optional fields whose presence must hold for it to have a value. */
  readonly needs: ReadonlySet<FieldIndex>;
}

export interface TruthValue {
  readonly of: 'boolean';
  readonly formula: Formula;
  /** Optional fields that are there whenever it is true, and whenever it is false. */
  readonly yes: ReadonlySet<FieldIndex>;
  readonly no: ReadonlySet<FieldIndex>;
  /** Optional fields whose presence was taken for granted. */
  readonly needs: ReadonlySet<FieldIndex>;
}

/** A word: one of the choices, under exclusive conditions. */
export interface WordValue {
  readonly of: 'word';
  readonly choices: readonly { readonly when: Formula; readonly word: string }[];
  /** The declared words that it can be; `undefined` for a literal. */
  readonly declared: readonly string[] | undefined;
  readonly needs: ReadonlySet<FieldIndex>;
}

/** A set field's value. */
export interface SetValue {
  readonly of: 'set';
  readonly field: FieldIndex;
  readonly values: readonly string[];
  readonly needs: ReadonlySet<FieldIndex>;
}

/** A literal list. */
export interface ListValue {
  readonly of: 'list';
  readonly items: readonly Lowered[];
  readonly needs: ReadonlySet<FieldIndex>;
}

export type Lowered = NumberValue | TruthValue | WordValue | SetValue | ListValue;

export const NONE: ReadonlySet<FieldIndex> = new Set();

export function union(...sets: readonly ReadonlySet<FieldIndex>[]): ReadonlySet<FieldIndex> {
  const filled = sets.filter((set) => set.size > 0);
  return filled.length < 2 ? (filled[0] ?? NONE) : new Set(filled.flatMap((set) => [...set]));
}

export function intersection(a: ReadonlySet<FieldIndex>, b: ReadonlySet<FieldIndex>): ReadonlySet<FieldIndex> {
  return new Set([...a].filter((field) => b.has(field)));
}

export function without(a: ReadonlySet<FieldIndex>, b: ReadonlySet<FieldIndex>): ReadonlySet<FieldIndex> {
  return b.size === 0 ? a : new Set([...a].filter((field) => !b.has(field)));
}

/** What a number counts, for messages. */
export function describeUnit(unit: Unit): string {
  switch (unit.kind) {
    case 'number':
      return unit.unit === undefined ? 'a whole number' : `a number of ${unit.unit}`;
    case 'decimal':
      return unit.unit === undefined ? 'a decimal' : `a decimal of ${unit.unit}`;
    case 'money':
      return `an amount in ${unit.currency}`;
    case 'ratio':
      return 'a percentage';
    case 'date':
      return 'a date';
    case 'duration':
      return 'a length of time';
  }
}

/** What a value is, for messages. */
export function describeLowered(value: Lowered): string {
  switch (value.of) {
    case 'number':
      return describeUnit(value.unit);
    case 'boolean':
      return 'true or false';
    case 'word':
      return 'a word';
    case 'set':
      return 'a set of words';
    case 'list':
      return 'a list';
  }
}
