import { resolve, sep } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * The esbuild plugin that says of the repository's own modules that importing them has no effect, so that one of which nothing is
 * used stays out of a bundle, with all that it imports. A module that did have an effect would be one that nobody could test.
 */
export function ownModulesPlugin(root: string): Plugin {
  return {
    name: 'own-modules',
    setup(build) {
      build.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) =>
        `${resolveDir}${sep}`.startsWith(`${root}${sep}`) && !resolveDir.includes(`${sep}node_modules${sep}`)
          ? { path: resolve(resolveDir, path), sideEffects: false }
          : undefined,
      );
    },
  };
}
