/** One thing that is wrong with an input: what, where, and how to mend it. */
export interface Problem {
  /** JSON Pointer (RFC 6901) into the document that was checked; empty for the whole. */
  readonly pointer: string;
  /** A stable, machine-readable code in kebab-case. */
  readonly code: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What to do about it, in one sentence. */
  readonly mend: string;
}

/** The ancestor of every error that Countersign throws on purpose: a stable `code` and the problems behind it. */
export abstract class CountersignError extends Error {
  abstract readonly code: string;
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[] = [], options?: ErrorOptions) {
    super(message, options);
    this.problems = problems;
  }

  /** Step Functions matches `ErrorEquals` against the name. A minifier gives classes other names, and leaves codes alone. */
  override get name(): string {
    return this.code;
  }
}

/** A document does not fit its contract; every problem is listed. Never retried. */
export class InvalidInput extends CountersignError {
  readonly code = 'InvalidInput';
}

/** The thing that was asked for does not exist. */
export class NotFound extends CountersignError {
  readonly code = 'NotFound';
}

/** A conditional write lost against a concurrent one; reading again and deciding anew is safe. */
export class Conflict extends CountersignError {
  readonly code = 'Conflict';
}

/** A bound that the skill declared was exceeded: nothing is published. */
export class BudgetExceeded extends CountersignError {
  readonly code = 'BudgetExceeded';
}

/** Stored bytes do not have the digest under which they were asked for. */
export class IntegrityError extends CountersignError {
  readonly code = 'IntegrityError';
}

/** Renders problems for people: one line each, with pointer and mend. */
export function describeProblems(problems: readonly Problem[]): string {
  return problems.map((p) => `${p.pointer === '' ? '(document)' : p.pointer}: ${p.message} ${p.mend}`).join('\n');
}
