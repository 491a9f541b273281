/** The relations of a comparison. */
export type Relation = 'lt' | 'le' | 'eq' | 'ne' | 'ge' | 'gt';

/** What holds where the relation does not. */
export const NEGATED: Readonly<Record<Relation, Relation>> = {
  lt: 'ge',
  le: 'gt',
  eq: 'ne',
  ne: 'eq',
  ge: 'lt',
  gt: 'le',
};
/** The same statement, read from right to left. */
export const MIRRORED: Readonly<Record<Relation, Relation>> = {
  lt: 'gt',
  le: 'ge',
  eq: 'eq',
  ne: 'ne',
  ge: 'le',
  gt: 'lt',
};

/** Compares two numbers. */
export function compares(left: number, is: Relation, right: number): boolean {
  switch (is) {
    case 'lt':
      return left < right;
    case 'le':
      return left <= right;
    case 'eq':
      return left === right;
    case 'ne':
      return left !== right;
    case 'ge':
      return left >= right;
    case 'gt':
      return left > right;
  }
}
