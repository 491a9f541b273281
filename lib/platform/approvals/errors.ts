import { CountersignError } from '../../core/errors.ts';

/** A plan asks for an assurance that the desk cannot give; nobody is asked with less instead. */
export class AssuranceUnavailable extends CountersignError {
  readonly code = 'AssuranceUnavailable';
}

/** A waiting task belongs to a round of its stage that is over: somebody else drives the stage. */
export class StaleRound extends CountersignError {
  readonly code = 'StaleRound';
}
