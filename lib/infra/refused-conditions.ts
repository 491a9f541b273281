import type { Plugin } from 'esbuild';

/**
 * What unleash-client needs only for conditions that `evaluateFlag` refuses before the client sees them: regular expressions,
 * versions and network addresses.
 */
const PACKAGES = /^(re2js|semver|ip-address|lru-cache)$/;
const CLIENT = /[\\/]unleash-client[\\/]/;

/** Whoever asks for one of their members gets a function that throws: a condition that got past the refusal must not decide. */
const REFUSAL = `
module.exports = new Proxy({}, {
  get: (_target, name) => name === '__esModule' ? undefined : function () {
    if (new.target && name === 'LRUCache') return;
    throw new Error('Conditions that need "' + String(name) + '" are refused and never evaluated here.');
  },
});
`;

/** The esbuild plugin that leaves those packages out of functions. */
export function refusedConditionsPlugin(): Plugin {
  return {
    name: 'refused-conditions',
    setup(build) {
      build.onResolve({ filter: PACKAGES }, ({ path, importer }) =>
        CLIENT.test(importer) ? { path, namespace: 'countersign-refused' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'countersign-refused' }, () => ({ contents: REFUSAL, loader: 'js' }));
    },
  };
}
