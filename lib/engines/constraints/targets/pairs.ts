import type { Field, FieldIndex } from '../model.ts';
import type { Relation } from '../relations.ts';
import type { Atom } from './permission.ts';

/** Two fields whose values are compared with each other. */
export interface Pair {
  readonly left: FieldIndex;
  readonly is: Relation;
  readonly right: FieldIndex;
}

/** What a difference of whole numbers compared with a bound says of the two numbers, where it says just their order. */
const ORDERS: Readonly<Record<string, Relation>> = {
  'lt 0': 'lt',
  'le -1': 'lt',
  'le 0': 'le',
  'lt 1': 'le',
  'eq 0': 'eq',
  'ne 0': 'ne',
  'ge 0': 'ge',
  'gt -1': 'ge',
  'gt 0': 'gt',
  'ge 1': 'gt',
};

/** Whether two fields' values are written alike, so that comparing what is written compares the values. */
function areAlike(a: Field['type'], b: Field['type']): boolean {
  if (a.kind === 'decimal' || b.kind === 'decimal')
    return a.kind === 'decimal' && b.kind === 'decimal' && a.scale === b.scale;
  return (a.kind === 'date') === (b.kind === 'date');
}

/** The comparison of two fields that a sum comes to, for languages that compare two values and cannot add. */
export function pairOf(atom: Extract<Atom, { readonly kind: 'linear' }>, fields: readonly Field[]): Pair | undefined {
  const [left, right, ...more] = atom.terms;
  const is = ORDERS[`${atom.is} ${atom.bound}`];
  if (left === undefined || right === undefined || more.length > 0 || is === undefined) return undefined;
  if (left.of !== 'value' || right.of !== 'value' || left.coefficient !== 1 || right.coefficient !== -1)
    return undefined;
  const [a, b] = [fields[left.field]?.type, fields[right.field]?.type];
  if (a === undefined || b === undefined || !areAlike(a, b)) return undefined;
  return { left: left.field, is, right: right.field };
}
