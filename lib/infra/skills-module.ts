import type { Plugin } from 'esbuild';

/** A skill's module: where it is, and what it is called. */
export interface SkillModule {
  readonly name: string;
  /** Absolute path of the module that exports `skill`. */
  readonly path: string;
}

/** The module that stands in for `#skills` in a bundle: a static list, with nothing discovered. */
export function skillsModule(skills: readonly SkillModule[]): string {
  const imports = skills.map(({ path }, index) => `import { skill as skill${index} } from ${JSON.stringify(path)};`);
  const list = skills.map((_skill, index) => `skill${index}`).join(', ');
  return [...imports, `export const skills = [${list}];`, ''].join('\n');
}

/** The esbuild plugin that puts that module in the place of `#skills`. */
export function skillsPlugin(root: string, skills: readonly SkillModule[]): Plugin {
  return {
    name: 'skills',
    setup(build) {
      build.onResolve({ filter: /^#skills$/ }, () => ({ path: 'skills', namespace: 'countersign' }));
      build.onLoad({ filter: /^skills$/, namespace: 'countersign' }, () => ({
        contents: skillsModule(skills),
        resolveDir: root,
        loader: 'js',
      }));
    },
  };
}
