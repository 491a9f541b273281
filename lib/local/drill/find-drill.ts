import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { skillsFolder } from '../../../skills/registry.ts';
import { NotFound } from '../../core/errors.ts';
import type { SkillDrill } from '../../platform/promotion/skill-drill.ts';
import type { AnySkill } from '../../platform/skill/define-skill.ts';

/**
 * The first skill that brings a drill along, in the file `drill.ts` of its folder.
 * @throws NotFound when none does.
 */
export async function findDrill(
  skills: readonly AnySkill[],
): Promise<{ readonly skill: AnySkill; readonly drill: SkillDrill }> {
  for (const skill of skills) {
    const file = join(skillsFolder, skill.name, 'drill.ts');
    if (!existsSync(file)) continue;
    const { drill } = (await import(pathToFileURL(file).href)) as { drill: SkillDrill };
    return { skill, drill };
  }
  throw new NotFound('No skill brings a drill.ts along.');
}
