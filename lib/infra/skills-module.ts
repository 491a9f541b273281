import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import type { SkillNeed } from '../platform/skill/define-skill.ts';
import type { SkillParts } from './functions.ts';
import { withTexts } from './inline-text.ts';
import { withoutParts } from './skill-parts.ts';

/** A skill's module: where it is, and what it is called. */
export interface SkillModule {
  readonly name: string;
  /** Absolute path of the module that exports `skill`. */
  readonly path: string;
  /** What functions that execute it package besides. */
  readonly needs?: readonly SkillNeed[];
}

const SPECIFIER = /^#skills(?:\/(none|declaration|configuration|engine|reference|handoff))?$/;
const SKILL = /^countersign-skill\/(none|declaration|configuration|engine|reference|handoff):(.*)$/;
const NAMESPACE = 'countersign-skills';

/** How the entry of a bundle asks for its skills. */
export function skillsSpecifier(parts: SkillParts): string {
  return `#skills/${parts}`;
}

/**
 * The module that stands in for `#skills` in a bundle: a static list, with nothing discovered.
 * @param parts what of each skill is in the list; a module that imports `#skills` itself gets everything.
 */
export function skillsModule(skills: readonly SkillModule[], parts: SkillParts | 'everything', root: string): string {
  if (parts === 'none')
    return [
      `import { withheld } from ${JSON.stringify(join(root, 'lib/platform/aws/not-granted.ts'))};`,
      `export const skills = withheld('skills');`,
      '',
    ].join('\n');
  const imports = skills.map(({ path }, index) => {
    const from = parts === 'everything' ? path : `countersign-skill/${parts}:${path}`;
    return `import { skill as skill${index} } from ${JSON.stringify(from)};`;
  });
  const list = skills.map((_skill, index) => `skill${index}`).join(', ');
  return [...imports, `export const skills = [${list}];`, ''].join('\n');
}

/** The esbuild plugin that puts that module in the place of `#skills`, and leaves out of each skill what was not asked for. */
export function skillsPlugin(root: string, skills: readonly SkillModule[]): Plugin {
  return {
    name: 'skills',
    setup(build) {
      build.onResolve({ filter: SPECIFIER }, ({ path }) => ({
        path: SPECIFIER.exec(path)?.[1] ?? 'everything',
        namespace: NAMESPACE,
      }));
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: skillsModule(skills, path as SkillParts | 'everything', root),
        resolveDir: root,
        loader: 'js',
      }));
      // The suffix makes it a module of its own beside the same skill with other parts.
      build.onResolve({ filter: SKILL }, ({ path }) => {
        const [, parts, file = ''] = SKILL.exec(path) ?? [];
        return { path: file, suffix: `?${parts}`, sideEffects: false };
      });
      build.onLoad({ filter: /\.ts$/ }, async ({ path, suffix }) => {
        if (!suffix.startsWith('?')) return undefined;
        const refusals = `import { denied as countersignDenied } from ${JSON.stringify(join(root, 'lib/platform/aws/not-granted.ts'))};`;
        const source = withoutParts(await readFile(path, 'utf8'), suffix.slice(1) as SkillParts, 'countersignDenied');
        return { ...(await withTexts(`${source}\n${refusals}\n`, path, root)), loader: 'ts' };
      });
    },
  };
}
