import { CountersignError } from '../../core/errors.ts';

/** A function used a port that its declaration does not grant: the declaration or the code is wrong, and trying again is no use. */
export class NotGranted extends CountersignError {
  readonly code = 'NotGranted';

  /** @param grant the grant that is missing, as declarations of functions write it. */
  constructor(grant: string) {
    super(`This function was not granted "${grant}".`, [
      {
        pointer: '/grants',
        code: 'missing-grant',
        message: `The function used a port for which it needs "${grant}".`,
        mend: `Add "${grant}" to its declaration in lib/infra/functions.ts, or do without the port.`,
      },
    ]);
  }
}

/** Stands in for a function that was not granted. */
export function denied(grant: string): () => never {
  return () => {
    throw new NotGranted(grant);
  };
}

/** Stands in for an operation that was not granted: it answers later, as the operation would. */
export function refuse(grant: string): () => Promise<never> {
  return async () => {
    throw new NotGranted(grant);
  };
}

/** Stands in for a port none of whose members was granted. */
export function withheld<Port extends object>(grant: string): Port {
  return new Proxy({} as Port, {
    get() {
      throw new NotGranted(grant);
    },
  });
}
