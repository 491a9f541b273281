import { CountersignError } from '../../core/errors.ts';

/** The flag server could not be reached, or did not answer as it should; the last good snapshot stays in force. */
export class FlagSourceUnavailable extends CountersignError {
  readonly code = 'FlagSourceUnavailable';
  /** The HTTP status that the flag server answered with, when it answered. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, [], options);
    this.status = status;
  }
}

/** The flags do not fit into one table item any more. */
export class FlagSnapshotTooLarge extends CountersignError {
  readonly code = 'FlagSnapshotTooLarge';
}
