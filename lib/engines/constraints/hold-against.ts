import { readArtifact } from './artifact/read-artifact.ts';
import { explain } from './evaluate/explain.ts';
import { readInput } from './evaluate/read-input.ts';
import type { ConstraintSet } from './model.ts';

/** A rule that an input breaks. */
export interface BrokenRule {
  readonly rule: string;
  readonly owner: string;
  /** The rule's own message. */
  readonly message: string;
  /** The part that fails, with the actual values. */
  readonly because: string;
}

/**
 * Makes a check of an artifact: which of its rules an input breaks. The artifact is read and its digest checked once, at the
 * use.
 * @returns a function of an input (as `readInput` takes it) and a day; it throws InvalidInput when the input does not fit the fields.
 * @throws InvalidInput, IntegrityError at the first use, when it is no artifact or not the one that was compiled.
 */
export function holdAgainst(artifact: () => unknown): (input: unknown, day: number) => readonly BrokenRule[] {
  let known: ConstraintSet | undefined;
  return (input, day) => {
    known ??= readArtifact(artifact()).set;
    const { rules } = explain(known, readInput(known, input), day);
    return rules
      .filter(({ violated }) => violated)
      .map(({ rule, owner, because, message = '' }) => ({ rule, owner, message, because }));
  };
}
