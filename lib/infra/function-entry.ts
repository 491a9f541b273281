import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import type { FunctionDeclaration } from './functions.ts';
import { portsOf } from './granted-ports.ts';
import { skillsSpecifier } from './skills-module.ts';

/**
 * The module that a function's bundle begins with: the handler, and a runtime of the ports that the function was granted. What
 * was not granted is not in the bundle.
 */
export function functionEntry(declaration: FunctionDeclaration, root: string): string {
  const path = (file: string) => JSON.stringify(join(root, file));
  const ports = portsOf(declaration.grants);
  return [
    `import { provideRuntime } from ${path('functions/runtime.ts')};`,
    `import { composeRuntime } from ${path('lib/platform/aws/compose.ts')};`,
    ...ports.map(({ module, name }) => `import { ${name} } from ${path(module)};`),
    `import { skills } from '${skillsSpecifier(declaration.skills ?? 'declaration')}';`,
    `provideRuntime(() => composeRuntime(skills, [${ports.map(({ name }) => name).join(', ')}]));`,
    `export { handler } from ${path(declaration.entry)};`,
    '',
  ].join('\n');
}

const PREFIX = 'countersign-entry:';

/** How esbuild is asked for the entry of this name. */
export function entryPath(name: string): string {
  return `${PREFIX}${name}`;
}

/** The esbuild plugin that gives each entry point its text, by name. */
export function entriesPlugin(root: string, sources: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'function-entries',
    setup(build) {
      build.onResolve({ filter: /^countersign-entry:/ }, ({ path }) => ({
        path: path.slice(PREFIX.length),
        namespace: 'countersign-entry',
      }));
      build.onLoad({ filter: /.*/, namespace: 'countersign-entry' }, ({ path }) => {
        const contents = sources.get(path);
        return contents === undefined ? undefined : { contents, resolveDir: root, loader: 'js' };
      });
    },
  };
}
