import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { skillsFolder } from '../../skills/registry.ts';
import type { Instant } from '../core/instant.ts';
import { type Example, parseExample } from '../platform/examples.ts';
import type { AnySkill } from '../platform/skill/define-skill.ts';

/** A bundled example with the skill it belongs to. */
export interface BundledExample {
  readonly skill: AnySkill;
  /** File name without ending: `02-two-levels-in-sequence`. */
  readonly name: string;
  readonly example: Example;
  /** The example with its times counted from another instant than that at which it was read. */
  readonly at: (now: Instant) => Example;
}

/**
 * The examples that the skills bring along, in order of skill and file name.
 * @param now what relative times in them count from.
 * @throws InvalidInput when a file is no example.
 */
export function bundledExamples(
  skills: readonly AnySkill[],
  now: Instant = new Date().toISOString(),
): BundledExample[] {
  return skills.flatMap((skill) => {
    const folder = join(skillsFolder, skill.name, 'examples');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => {
        const value: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
        const at = (when: Instant): Example => parseExample(value, file, when);
        return { skill, name: file.slice(0, -'.json'.length), example: at(now), at };
      });
  });
}
