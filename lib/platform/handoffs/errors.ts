import { CountersignError, type Problem } from '../../core/errors.ts';

/** What was answered is understood and cannot stand; nothing moved, but an attempt may have been counted. */
export class HandoffRefused extends CountersignError {
  readonly code = 'HandoffRefused';

  /** @param fields what is wrong, by the name of the field. */
  constructor(message: string, fields: Readonly<Record<string, string>>) {
    const problems: Problem[] = Object.entries(fields).map(([name, text]) => ({
      pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      code: 'refused',
      message: text,
      mend: 'Correct it and send it under another id.',
    }));
    super(message, problems);
  }
}

/** The handoff would become larger than one item of the table may be. */
export class HandoffTooLarge extends CountersignError {
  readonly code = 'HandoffTooLarge';
}

/** The handoff asks more people than its skill may mail. */
export class HandoffOverBudget extends CountersignError {
  readonly code = 'HandoffOverBudget';
}

/** What follows a missed clock is due at once and changes nothing: the state machine would turn in circles. */
export class HandoffStands extends CountersignError {
  readonly code = 'HandoffStands';
}
