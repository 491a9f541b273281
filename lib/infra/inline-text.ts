import { readFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import type { Plugin } from 'esbuild';
import { CountersignError } from '../core/errors.ts';
import { parseYaml } from '../core/yaml.ts';

/** The one way in which a module may read a file of its own. */
const READ =
  /\breadFileSync\(\s*new URL\(\s*(['"])(\.{1,2}\/[^'"\\]+)\1\s*,\s*import\.meta\.url\s*,?\s*\)\s*,\s*(['"])utf8\3\s*,?\s*\)/g;
const OWN_PLACE = /\bimport\.meta\b/;

/**
 * Puts the text of the files that a module reads into the module, for a bundle has no files beside it. Only
 * `readFileSync(new URL('./policy.yaml', import.meta.url), 'utf8')` with a literal path is understood.
 * @param source the module's text.
 * @param read gives the text of a file, by the path written in the module.
 * @throws Error when the module uses `import.meta` in any other way: what it looks for would not be there.
 */
export async function inlineTexts(source: string, read: (path: string) => Promise<string>): Promise<string> {
  const paths = [...new Set([...source.matchAll(READ)].map((match) => String(match[2])))];
  const texts = new Map(await Promise.all(paths.map(async (path) => [path, await read(path)] as const)));
  const inlined = source.replace(READ, (_match, _quote, path: string) => `(${JSON.stringify(texts.get(path))})`);
  const line = withoutTexts(source)
    .split('\n')
    .findIndex((text) => OWN_PLACE.test(withoutComment(text)));
  if (line !== -1)
    throw new Error(
      `Line ${line + 1} uses import.meta in a way that a bundle cannot keep. Write readFileSync(new URL('./file', import.meta.url), 'utf8') with a literal path.`,
    );
  return inlined;
}

/** The module without the reads that are inlined, its lines kept. */
function withoutTexts(source: string): string {
  return source.replace(READ, (match) => match.replace(/[^\n]+/g, ''));
}

function withoutComment(line: string): string {
  return line.replace(/^\s*(\/\/|\/?\*).*/, '');
}

/**
 * The text of a file as a bundle holds it: YAML as the JSON of the same value, everything else as it is.
 * @throws InvalidInput when a YAML file cannot be read, naming file and line.
 */
export async function bundledText(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  return /\.ya?ml$/.test(path) ? JSON.stringify(parseYaml(text, basename(path))) : text;
}

/** A module with its texts, or what cannot be inlined. */
export async function withTexts(
  source: string,
  path: string,
  root: string,
): Promise<{ readonly contents: string } | { readonly errors: { readonly text: string }[] }> {
  try {
    return { contents: await inlineTexts(source, (file) => bundledText(resolve(dirname(path), file))) };
  } catch (error) {
    const problems = error instanceof CountersignError ? error.problems.map(({ message }) => message) : [];
    const said = error instanceof Error ? error.message : String(error);
    return { errors: [{ text: [`${relative(root, path)}: ${said}`, ...problems].join('\n') }] };
  }
}

/** The esbuild plugin that does so for the repository's own modules, and reports what it cannot inline. */
export function inlineTextPlugin(root: string): Plugin {
  return {
    name: 'inline-text',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path.includes(`${sep}node_modules${sep}`)) return undefined;
        const source = await readFile(path, 'utf8');
        if (!OWN_PLACE.test(source)) return undefined;
        return { ...(await withTexts(source, path, root)), loader: 'ts' };
      });
    },
  };
}
