import { CountersignError } from '../../core/errors.ts';

/** The body is larger than a request may be. */
export class PayloadTooLarge extends CountersignError {
  readonly code = 'PayloadTooLarge';
}

/** The caller is known but may not do this. */
export class Forbidden extends CountersignError {
  readonly code = 'Forbidden';
}

/** What was asked no longer fits the state of the thing: an execution that has ended cannot be withdrawn. */
export class NotPossibleNow extends CountersignError {
  readonly code = 'NotPossibleNow';
}
