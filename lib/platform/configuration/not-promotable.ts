import { CountersignError } from '../../core/errors.ts';

/** A configuration version may not move as asked: it is no candidate, lacks a validation, or there is nothing to go back to. */
export class NotPromotable extends CountersignError {
  readonly code = 'NotPromotable';
}
