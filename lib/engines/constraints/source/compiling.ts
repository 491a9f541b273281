import type { Problem } from '../../../core/errors.ts';
import type { Field, FieldIndex, Formula, Interval } from '../model.ts';
import { TRUE } from '../normalise.ts';
import { type Reading, readDate } from '../written-values.ts';
import { type Cel, type Fault, parseCel } from './cel-tree.ts';
import { Lowering } from './lower.ts';
import { NONE } from './lowered.ts';
import type { Placing } from './placing.ts';

/** A condition that was compiled, with what it makes certain. */
export interface Compiled {
  readonly formula: Formula;
  readonly there: ReadonlySet<FieldIndex>;
  readonly tree?: Cel;
}

/** What the parts of a compilation share: fields, places, and the lists of problems and warnings. */
export class Compiling {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly places: Placing;
  readonly fields: readonly Field[];

  constructor(places: Placing, fields: readonly Field[]) {
    this.places = places;
    this.fields = fields;
  }

  refuse(pointer: string, code: string, message: string, mend: string, offset?: number): undefined {
    this.problems.push(this.places.problem(pointer, code, message, mend, offset));
    return undefined;
  }

  /** The value of a reading, or a problem at the pointer. */
  value(pointer: string, reading: Reading): number | undefined {
    if ('value' in reading) return reading.value;
    return this.refuse(pointer, 'invalid-value', reading.fault, reading.mend);
  }

  private say(list: Problem[], pointer: string, faults: readonly Fault[]): void {
    for (const { at, code, message, mend } of faults) list.push(this.places.problem(pointer, code, message, mend, at));
  }

  /** Compiles the CEL text that stands at a pointer. */
  expression(pointer: string, text: string, there: ReadonlySet<FieldIndex> = NONE): Compiled | undefined {
    const parsed = parseCel(text);
    if ('tree' in parsed) return this.tree(pointer, parsed.tree, there);
    this.say(this.problems, pointer, [parsed.fault]);
    return undefined;
  }

  /** Compiles a tree whose offsets count from the text that stands at a pointer. */
  tree(pointer: string, tree: Cel, there: ReadonlySet<FieldIndex> = NONE): Compiled | undefined {
    const lowering = new Lowering(this.fields);
    const truth = lowering.condition(tree, there);
    this.say(this.problems, pointer, lowering.faults);
    this.say(this.warnings, pointer, lowering.warnings);
    return truth && { formula: truth.formula, there: truth.yes, tree };
  }

  /** Compiles the condition that may stand at a pointer; where there is none, it always holds. */
  optionalExpression(pointer: string, text: string | undefined): Compiled | undefined {
    return text === undefined ? { formula: TRUE, there: NONE } : this.expression(pointer, text);
  }

  /** When something is in force. */
  interval(
    pointer: string,
    written: { readonly from?: string | undefined; readonly until?: string | undefined } = {},
  ): Interval {
    const day = (key: 'from' | 'until') => {
      const text = written[key];
      return text === undefined ? undefined : this.value(`${pointer}/${key}`, readDate(text));
    };
    const [from, until] = [day('from'), day('until')];
    if (from !== undefined && until !== undefined && until <= from) {
      const mend = 'Let it end after it begins; the last day is not included.';
      this.refuse(`${pointer}/until`, 'empty-interval', 'It is never in force.', mend);
    }
    return { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
  }
}
