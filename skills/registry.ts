import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AnySkill } from '../lib/platform/skill/define-skill.ts';

/** Where skills are looked for: this folder, or the one that `COUNTERSIGN_SKILLS` names. */
export const skillsFolder = process.env.COUNTERSIGN_SKILLS ?? dirname(fileURLToPath(import.meta.url));

/**
 * Every skill found in the skills folder: a folder with a `skill.ts` is a skill. Functions import this module as `#skills`; a
 * Lambda bundle gets a static list in its place, so nothing is discovered there.
 */
export const skills: readonly AnySkill[] = await Promise.all(
  readdirSync(skillsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => entry.name)
    .sort()
    .map(async (folder) => (await import(pathToFileURL(join(skillsFolder, folder, 'skill.ts')).href)).skill),
);
