import { CountersignError } from '../../core/errors.ts';

/** A waiting task belongs to a round of its stage that is over: somebody else drives the stage. */
export class StaleRound extends CountersignError {
  readonly code = 'StaleRound';
}
