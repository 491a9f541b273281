import { type Digest, digestOfBytes } from '../../../core/digest.ts';
import type { ConstraintSet } from '../model.ts';

/** What a constraint set can be written as. */
export type TargetName =
  | 'javascript'
  | 'json-schema'
  | 'step-functions-choice'
  | 'dynamodb-condition'
  | 'sql-where'
  | 'cedar'
  | 'smt-lib'
  | 'markdown';

/** A constraint set in another language. docs/constraints-targets.md says what each one decides, on which form of input. */
export interface TargetOutput {
  readonly target: TargetName;
  /**
   * `exact`: it permits what the rules permit. `weaker`: it may permit more; everything that it denies, the rules deny.
   * `refused`: there is no text, because it would not fit, or would mean something else there.
   */
  readonly fidelity: 'exact' | 'weaker' | 'refused';
  /** What is weaker, or why it is refused; by rule where it is about a rule. Empty where it is exact. */
  readonly because: readonly string[];
  readonly text: string;
  readonly mediaType: string;
  /** SHA-256 of the text's UTF-8 bytes. */
  readonly digest: Digest;
}

export interface TargetOptions {
  /** The day for which it is written, in days since 1970-01-01: rules that are not in force then are left out. */
  readonly day: number;
}

/** Writes a set in another language. */
export type Target = (set: ConstraintSet, options: TargetOptions) => TargetOutput;

/** A text that was written; it is weaker when something had to be left out. */
export function written(
  target: TargetName,
  mediaType: string,
  text: string,
  weaker: readonly string[] = [],
): TargetOutput {
  const fidelity = weaker.length === 0 ? 'exact' : 'weaker';
  return { target, fidelity, because: weaker, text, mediaType, digest: digestOfBytes(text) };
}

/** No text, and why. */
export function refused(target: TargetName, mediaType: string, because: readonly string[]): TargetOutput {
  return { target, fidelity: 'refused', because, text: '', mediaType, digest: digestOfBytes('') };
}

/** Names and words that other systems may change on their way: half of a surrogate pair, or (where it matters) a null character. */
export function unsafeTexts(set: ConstraintSet, isSafe: (text: string) => boolean): string[] {
  const texts = set.fields.flatMap(({ path, type }) => [
    path,
    ...(type.kind === 'enum' || type.kind === 'set' ? type.values : []),
    ...(type.kind === 'money' ? [type.currency] : []),
  ]);
  return texts.filter((text) => !isSafe(text)).map((text) => `${JSON.stringify(text)} cannot be written there safely.`);
}

/** Whether a text survives UTF-8: no half of a surrogate pair stands alone. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
