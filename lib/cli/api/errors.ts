import { CountersignError, type Problem } from '../../core/errors.ts';

/** The environment did not answer, or not as an API of Countersign does. */
export class OutOfReach extends CountersignError {
  readonly code = 'OutOfReach';
}

/** AWS does not let the caller in: no credentials, expired ones, or ones that may not do this. */
export class NotLetIn extends CountersignError {
  readonly code = 'NotLetIn';
}

/** There were too many requests at once, or every computing slot is taken. */
export class Throttled extends CountersignError {
  readonly code = 'Throttled';
  /** Seconds to wait, when the answer named them. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, retryAfterSeconds: number | undefined) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The API looked at the request and said no, with a code of its own. */
export class Refused extends CountersignError {
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string, problems: readonly Problem[]) {
    super(message, problems);
    this.status = status;
    this.code = code;
  }
}
