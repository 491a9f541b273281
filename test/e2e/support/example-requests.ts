import { skills } from '#skills';
import { type BundledExample, bundledExamples } from '../../../lib/local/examples.ts';
import type { RequestEnvelope } from '../../../lib/platform/contracts/envelope.ts';

/** The main skill under its short name. */
export const SKILL = 'u01668';

/** All examples of all skills. */
export const examples: readonly BundledExample[] = bundledExamples(skills);

/** The main skill's example whose file name begins with a number: `'02'`. @throws RangeError when there is none. */
export function exampleNumber(number: string): BundledExample {
  const found = examples.find(({ skill, name }) => skill.id === SKILL && name.startsWith(`${number}-`));
  if (found === undefined) throw new RangeError(`There is no example ${number}.`);
  return found;
}

/** The input of a bundled example, as far as the tests change it. */
export interface ExampleInput extends Record<string, unknown> {
  readonly account: Record<string, unknown>;
}

/** A copy of an example's request, to be changed at will. */
export function requestOf(number: string): RequestEnvelope & { input: ExampleInput } {
  return structuredClone(exampleNumber(number).example.request) as RequestEnvelope & { input: ExampleInput };
}

/** Who makes an example's request. */
export function requesterOf(number: string): string {
  return exampleNumber(number).example.requester;
}
