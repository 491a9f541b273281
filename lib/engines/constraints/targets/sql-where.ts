import type { ConstraintSet, Expression, Field, FieldIndex, Formula, LinearTerm, Values } from '../model.ts';
import { Approximation, allOf, permittedTrees, tooLarge, type Writer, write } from './approximate.ts';
import { isWellFormed, refused, type Target, unsafeTexts, written } from './output.ts';
import { type Atom, permissionOf } from './permission.ts';
import { balanced } from './texts.ts';

const MEDIA_TYPE = 'application/json';
/** SQLite's limit of parameters (SQLITE_MAX_VARIABLE_NUMBER); PostgreSQL's is twice that. */
const MOST_PARAMETERS = 32_766;

const SIGNS = { lt: '<', le: '<=', eq: '=', ne: '<>', ge: '>=', gt: '>' } as const;
const OPERATORS = { add: '+', subtract: '-', multiply: '*', divide: '/', remainder: '%' } as const;

/** The statement as this target writes it: parameters stand for the `?` in their order. */
export interface SqlWhere {
  readonly where: string;
  readonly parameters: readonly (string | number)[];
}

/** SQL with the parameters of its `?`, so that texts and values are put together in one order. */
interface Sql {
  readonly text: string;
  readonly parameters: readonly (string | number)[];
}

function sql(parts: readonly string[], ...holes: readonly Sql[]): Sql {
  const text = parts.map((part, index) => part + (holes[index]?.text ?? '')).join('');
  return { text, parameters: holes.flatMap(({ parameters }) => parameters) };
}

function plain(text: string): Sql {
  return { text, parameters: [] };
}

function parameter(value: string | number): Sql {
  return { text: '?', parameters: [value] };
}

function joined(parts: readonly Sql[], operator: string): Sql {
  return {
    text: balanced(
      parts.map(({ text }) => text),
      operator,
    ),
    parameters: parts.flatMap(({ parameters }) => parameters),
  };
}

function list(values: readonly (string | number)[]): Sql {
  return { text: `(${values.map(() => '?').join(', ')})`, parameters: values };
}

class SqlWriter implements Writer<Sql> {
  private readonly set: ConstraintSet;

  constructor(set: ConstraintSet) {
    this.set = set;
  }

  private field(index: FieldIndex): Field {
    const field = this.set.fields[index];
    if (field === undefined) throw new RangeError(`There is no field ${index}.`);
    return field;
  }

  private column(index: FieldIndex): Sql {
    return plain(`"${this.field(index).path.replaceAll('"', '""')}"`);
  }

  constant(value: boolean): Sql {
    return plain(value ? '1 = 1' : '1 = 0');
  }

  all(parts: readonly Sql[]): Sql {
    return joined(parts, 'AND');
  }

  any(parts: readonly Sql[]): Sql {
    return joined(parts, 'OR');
  }

  atom(atom: Atom, holds: boolean): Sql {
    switch (atom.kind) {
      case 'present':
        return sql`${this.column(atom.field)} IS ${plain(holds ? 'NOT NULL' : 'NULL')}`;
      case 'member': {
        const { type } = this.field(atom.field);
        const values = atom.values.map((value) => (type.kind === 'enum' ? (type.values[value] ?? '') : value));
        if (values.length === 0) return this.constant(!holds);
        return sql`${this.column(atom.field)} ${plain(holds ? 'IN' : 'NOT IN')} ${list(values)}`;
      }
      case 'contains': {
        const common = sql`(${this.column(atom.field)} & ${parameter(atom.mask)})`;
        if (atom.which === 'any') return sql`${common} ${plain(holds ? '<>' : '=')} 0`;
        return sql`${common} ${plain(holds ? '=' : '<>')} ${parameter(atom.mask)}`;
      }
      case 'linear': {
        const sum = joined(
          atom.terms.map((term) => this.term(term)),
          '+',
        );
        return this.negated(sql`${sum} ${plain(SIGNS[atom.is])} ${parameter(atom.bound)}`, holds);
      }
      case 'opaque':
        return this.negated(sql`${this.number(atom.expression)} <> 0`, holds);
    }
  }

  private negated(condition: Sql, holds: boolean): Sql {
    return holds ? condition : sql`NOT (${condition})`;
  }

  private term({ of, field, coefficient }: LinearTerm): Sql {
    const value = of === 'size' ? this.size(field) : this.column(field);
    return coefficient === 1 ? value : sql`${parameter(coefficient)} * ${value}`;
  }

  /** How many elements a set has: the bits of its mask. */
  size(field: FieldIndex): Sql {
    const { type } = this.field(field);
    const words = type.kind === 'set' ? type.values.length : 0;
    const bits = Array.from(
      { length: words },
      (_, bit) => sql`((${this.column(field)} & ${plain(String(2 ** bit))}) <> 0)`,
    ).map((bit) => sql`CASE WHEN ${bit} THEN 1 ELSE 0 END`);
    return joined(bits, '+');
  }

  private formula(formula: Formula): Sql {
    switch (formula.kind) {
      case 'constant':
        return this.constant(formula.value);
      case 'and':
      case 'or':
        if (formula.parts.length === 0) return this.constant(formula.kind === 'and');
        return joined(
          formula.parts.map((part) => this.formula(part)),
          formula.kind === 'and' ? 'AND' : 'OR',
        );
      case 'not':
        return sql`NOT (${this.formula(formula.part)})`;
      case 'present':
        return this.field(formula.field).optional ? this.atom(formula, true) : this.constant(true);
      default:
        return this.atom(formula, true);
    }
  }

  private number(expression: Expression): Sql {
    switch (expression.kind) {
      case 'number':
        // Some drivers bind every number as a floating-point one, and then a quotient would not be whole.
        return sql`CAST(${parameter(expression.value)} AS BIGINT)`;
      case 'value':
        return this.column(expression.field);
      case 'size':
        return this.size(expression.field);
      case 'negate':
        return sql`(- ${this.number(expression.of)})`;
      case 'choose':
        return sql`CASE WHEN ${this.formula(expression.when)} THEN ${this.number(expression.yes)} ELSE ${this.number(expression.no)} END`;
      case 'compare':
        return sql`CASE WHEN ${this.number(expression.left)} ${plain(SIGNS[expression.is])} ${this.number(expression.right)} THEN 1 ELSE 0 END`;
      default:
        return sql`(${this.number(expression.left)} ${plain(OPERATORS[expression.kind])} ${this.number(expression.right)})`;
    }
  }

  /** Whether a column holds a value of its field's domain. */
  domain(index: FieldIndex): Sql {
    const { type, minimum, maximum, optional } = this.field(index);
    const column = this.column(index);
    const bounded = sql`${column} BETWEEN ${parameter(minimum)} AND ${parameter(maximum)}`;
    const tests =
      type.kind === 'enum'
        ? [sql`${column} IN ${list(type.values.slice(minimum, maximum + 1))}`]
        : type.kind === 'set' && type.maximumSize < type.values.length
          ? [bounded, sql`${this.size(index)} <= ${parameter(type.maximumSize)}`]
          : [bounded];
    const there = this.all([sql`${column} IS NOT NULL`, ...tests]);
    return optional ? sql`(${column} IS NULL OR ${there})` : there;
  }
}

/**
 * A parameterised WHERE condition: it is true for the rows whose columns hold an input that is permitted, and false, never
 * NULL, for any other row.
 */
export const sqlWhere: Target = (set, { day }) => {
  const unsafe = unsafeTexts(set, (text) => isWellFormed(text) && !text.includes('\0'));
  if (unsafe.length > 0) return refused('sql-where', MEDIA_TYPE, unsafe);
  const permission = permissionOf(set, day);
  const { kept } = permittedTrees(permission, new Approximation(permission, () => true), 'SQL');
  const large = tooLarge(kept.values());
  if (large.length > 0) return refused('sql-where', MEDIA_TYPE, large);
  const writer = new SqlWriter(set);
  const domains = set.fields.map((_, index) => writer.domain(index));
  const { text: where, parameters } = writer.all([...domains, write(allOf([...kept.values()]), writer)]);
  if (parameters.length > MOST_PARAMETERS) {
    const because = `The condition takes ${parameters.length} parameters; SQLite takes ${MOST_PARAMETERS}.`;
    return refused('sql-where', MEDIA_TYPE, [because]);
  }
  const statement: SqlWhere = { where, parameters };
  return written('sql-where', MEDIA_TYPE, `${JSON.stringify(statement, undefined, 2)}\n`);
};

/**
 * An input as the columns of a row: an enum's word as text, any other field as its integer (minor units, basis points, days
 * since 1970-01-01, seconds, scaled decimals, 0 or 1, a bit mask), and NULL where an optional field is absent.
 */
export function sqlRow(set: ConstraintSet, values: Values): Readonly<Record<string, string | number | null>> {
  return Object.fromEntries(
    set.fields.map(({ path, type }, index) => {
      const value = values[index];
      if (value === undefined) return [path, null];
      return [path, type.kind === 'enum' ? (type.values[value] ?? null) : value];
    }),
  );
}
