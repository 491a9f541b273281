import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { InvalidInput } from '../core/errors.ts';
import type { FunctionDeclaration } from './functions.ts';
import { inlineTextPlugin } from './inline-text.ts';
import { type SkillModule, skillsPlugin } from './skills-module.ts';

/** CommonJS packages inside an ES module look for `require`. */
const BANNER =
  "import{createRequire as countersignRequire}from'node:module';const require=countersignRequire(import.meta.url);";

/** What is bundled together: entries that hold the same skills share one parse. */
export interface BundleGroup {
  readonly declarations: readonly FunctionDeclaration[];
  readonly skills: readonly SkillModule[];
}

export interface BundleOptions extends BundleGroup {
  /** The repository's root, from which entries are named. */
  readonly root: string;
  /** Folder that gets one folder for each function, named like it. */
  readonly outdir: string;
}

/** One function's bundle. */
export interface Bundle {
  readonly name: string;
  /** The folder that becomes the function's code; it holds `index.mjs` and nothing else. */
  readonly folder: string;
  readonly bytes: number;
}

/**
 * Bundles functions for Lambda, each to one minified ES module with all it imports, the AWS SDK among it. `#skills` becomes a
 * list of the given skills, and the text files that modules read become part of them. The same sources give the same bytes.
 * Names survive, because Step Functions matches errors by them. There are no source maps: stacks name functions by name.
 * @throws InvalidInput listing everything that cannot be bundled.
 */
export async function bundle({ declarations, skills, root, outdir }: BundleOptions): Promise<readonly Bundle[]> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: declarations.map(({ name, entry }) => ({ in: join(root, entry), out: join(name, 'index') })),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    legalComments: 'none',
    charset: 'utf8',
    banner: { js: BANNER },
    metafile: true,
    plugins: [skillsPlugin(root, skills), inlineTextPlugin(root)],
    logLevel: 'silent',
  }).catch((failure: unknown) => {
    throw new InvalidInput(`The functions cannot be bundled:\n${describe(failure)}`, [], { cause: failure });
  });
  return Promise.all(
    declarations.map(async ({ name }) => {
      const folder = join(outdir, name);
      const file = result.outputFiles.find(({ path }) => path === join(folder, 'index.mjs'));
      if (file === undefined) throw new InvalidInput(`The function ${name} was not bundled.`);
      await mkdir(folder, { recursive: true });
      await writeFile(file.path, file.contents);
      return { name, folder, bytes: file.contents.byteLength };
    }),
  );
}

function describe(failure: unknown): string {
  const errors = (failure as { errors?: readonly { text: string; location?: { file: string; line: number } | null }[] })
    .errors;
  if (errors === undefined) return String(failure);
  return errors
    .map(({ text, location }) => (location ? `${location.file}:${location.line}: ${text}` : text))
    .join('\n');
}
