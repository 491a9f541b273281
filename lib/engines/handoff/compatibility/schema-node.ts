import type { Formula } from './formula.ts';

/** A schema as it was read: what it asserts, as a whole and keyword by keyword. */
export interface SchemaNode {
  readonly pointer: string;
  readonly formula: Formula;
  readonly parts: readonly Part[];
}

/** One assertion of a schema. */
export interface Part {
  readonly keyword: string;
  readonly pointer: string;
  readonly formula: Formula;
  /** Where the assertion hands on to one other schema: that schema, and how its violation violates this one. */
  readonly inner?: { readonly node: SchemaNode; readonly wrap: (violation: Formula) => Formula };
}

/** Why a schema cannot be read completely; it keeps the verdict from being "compatible". */
export interface Doubt {
  readonly pointer: string;
  readonly rule: string;
  readonly message: string;
  readonly mend: string;
}

/** One way to violate a schema. */
export interface Leaf {
  readonly pointer: string;
  readonly keyword: string;
  readonly violation: Formula;
}

const MAXIMUM_DEPTH = 10;
const MAXIMUM_LEAVES = 2000;

/**
 * All ways in which a value can violate a schema: their union is the schema's negation. Each is as narrow as the structure of
 * the schema allows, so that it names the place to mend.
 */
export function leavesOf(node: SchemaNode, not: (formula: Formula) => Formula): readonly Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (at: SchemaNode, wrap: (violation: Formula) => Formula, depth: number): void => {
    for (const { keyword, pointer, formula, inner } of at.parts) {
      const isOpen = inner !== undefined && inner.node.formula.kind !== 'false';
      if (isOpen && depth < MAXIMUM_DEPTH && leaves.length + at.parts.length < MAXIMUM_LEAVES)
        visit(inner.node, (violation) => wrap(inner.wrap(violation)), depth + 1);
      else leaves.push({ pointer, keyword, violation: wrap(not(formula)) });
    }
  };
  visit(node, (violation) => violation, 0);
  return leaves.filter(({ violation }) => violation.kind !== 'false');
}
