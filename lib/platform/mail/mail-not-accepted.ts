import { CountersignError } from '../../core/errors.ts';

/** The mail transport refused a mail or could not be reached; the mail stays owed. */
export class MailNotAccepted extends CountersignError {
  readonly code = 'MailNotAccepted';
  /** Whether trying again can never help: the transport refused the mail itself. */
  readonly permanent: boolean;

  constructor(message: string, permanent: boolean, options?: ErrorOptions) {
    super(message, [], options);
    this.permanent = permanent;
  }
}
