import { canonicalJson } from '../../core/digest.ts';
import { InvalidInput, type Problem } from '../../core/errors.ts';
import { pointer } from '../../core/json.ts';
import type { AnySkill } from '../skill/define-skill.ts';

type Document = { readonly [part: string]: unknown };

/** What an entry of a list is known by: its id, the caller it is about, or the text that it is. */
function keyOf(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return JSON.stringify(entry);
  const { id, principal } = entry as { readonly id?: unknown; readonly principal?: unknown };
  return JSON.stringify(id ?? principal ?? entry);
}

/** Entries of one list, each once. Two of the same key have to say the same. */
function joined(part: string, lists: readonly (readonly unknown[])[], problems: Problem[]): unknown[] {
  const entries = new Map<string, unknown>();
  for (const entry of lists.flat()) {
    const key = keyOf(entry);
    const known = entries.get(key);
    if (known !== undefined && canonicalJson(known) !== canonicalJson(entry)) {
      const message = `Two skills bring along ${key} in "${part}", and mean different things by it.`;
      problems.push({
        pointer: pointer('', part),
        code: 'directory-conflict',
        message,
        mend: 'Give one of them another id.',
      });
    }
    entries.set(key, known ?? entry);
  }
  return [...entries.values()];
}

/**
 * The directory that the examples of all skills live in: the people, roles and calendars of each, side by side. Skills that share
 * one bring it along once; a skill may bring nothing.
 * @throws InvalidInput (`directory-conflict`) when two mean different things by one id.
 */
export function referenceDirectoryOf(skills: readonly Pick<AnySkill, 'referenceDirectory'>[]): unknown {
  const brought = skills
    .map((skill) => skill.referenceDirectory() as Document)
    .filter((each) => Object.keys(each).length > 0);
  const [first, ...others] = [...new Map(brought.map((each) => [canonicalJson(each), each])).values()];
  if (first === undefined || others.length === 0) return first ?? {};
  const problems: Problem[] = [];
  const parts = [...new Set([first, ...others].flatMap((each) => Object.keys(each)))];
  const document = Object.fromEntries(
    parts.map((part) => {
      const values = [first, ...others].flatMap((each) => (each[part] === undefined ? [] : [each[part]]));
      if (!values.every((value) => Array.isArray(value))) return [part, [...new Set(values)].join('+')];
      return [part, joined(part, values as unknown[][], problems)];
    }),
  );
  if (problems.length > 0) throw new InvalidInput('The directories of the skills contradict each other.', problems);
  return document;
}
