import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { InvalidInput } from '../core/errors.ts';
import type { SkillNeed } from '../platform/skill/define-skill.ts';
import { entriesPlugin, entryPath, functionEntry } from './function-entry.ts';
import type { FunctionDeclaration } from './functions.ts';
import { inlineTextPlugin } from './inline-text.ts';
import { ownModulesPlugin } from './own-modules.ts';
import { OPTIMIZER, packageOptimizer } from './package-optimizer.ts';
import { packageSolver, SOLVER } from './package-solver.ts';
import { refusedConditionsPlugin } from './refused-conditions.ts';
import { type SkillModule, skillsPlugin } from './skills-module.ts';
import { slimSdkPlugin } from './slim-sdk.ts';
import { yamlAsJsonPlugin } from './yaml-as-json.ts';

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
  /** The folder that becomes the function's code: it holds `index.mjs`, and solvers where a function executes what needs them. */
  readonly folder: string;
  readonly bytes: number;
  /** Bytes of each module in the bundle, by its path from the repository's root. */
  readonly modules: ReadonlyMap<string, number>;
}

/** A module to bundle on its own. */
export interface BundleEntry {
  readonly name: string;
  /** The text of the module, in JavaScript; what it imports is found from the repository's root. */
  readonly source: string;
}

/** How modules are bundled on their own. */
export interface EntryOptions {
  readonly root: string;
  readonly outdir: string;
  readonly plugins: readonly Plugin[];
  /** Packages that are found beside the bundle when it runs. */
  readonly external?: readonly string[];
}

/**
 * How every bundle is made: one minified ES module with all it imports, the AWS SDK among it. The same sources give the same
 * bytes. Names survive, because Step Functions matches errors by them. There are no source maps: stacks name functions by name.
 */
export const BUNDLE_SETTINGS = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: false,
  legalComments: 'none',
  charset: 'utf8',
  banner: { js: BANNER },
} as const satisfies BuildOptions;

/**
 * Bundles functions for Lambda. Each begins with a runtime of the ports that it was granted, so a bundle holds no others. `#skills`
 * becomes a list of the given skills, and the text files that modules read become part of them, YAML as JSON. A function that
 * executes skills carries what they need for that.
 * @throws InvalidInput listing everything that cannot be bundled.
 */
export async function bundle(options: BundleOptions): Promise<readonly Bundle[]> {
  const { declarations, skills } = options;
  const needs = new Set(skills.flatMap((skill) => skill.needs ?? []));
  const executing = needs.size === 0 ? [] : declarations.filter((declaration) => declaration.skills === 'engine');
  const others = declarations.filter((declaration) => !executing.includes(declaration));
  const made = [...(await bundleAlike({ ...options, declarations: others }, NOTHING))];
  if (executing.length > 0) made.push(...(await bundleAlike({ ...options, declarations: executing }, needs)));
  return declarations.flatMap(({ name }) => made.find((each) => each.name === name) ?? []);
}

const NOTHING: ReadonlySet<SkillNeed> = new Set();

/** What lies beside the bundles of the functions that execute skills which need it. */
const PACKAGED = [
  { need: 'solver', name: SOLVER, put: packageSolver },
  { need: 'optimizer', name: OPTIMIZER, put: packageOptimizer },
] as const;

/** Bundles functions that need the same. */
async function bundleAlike(
  { declarations, skills, root, outdir }: BundleOptions,
  needs: ReadonlySet<SkillNeed>,
): Promise<readonly Bundle[]> {
  const entries = declarations.map((declaration) => ({
    name: declaration.name,
    source: functionEntry(declaration, root),
  }));
  const plugins = [
    skillsPlugin(root, skills),
    ownModulesPlugin(root),
    inlineTextPlugin(root),
    ...(needs.has('yaml') ? [] : [yamlAsJsonPlugin()]),
    slimSdkPlugin(),
    refusedConditionsPlugin(),
  ];
  const beside = PACKAGED.filter(({ need }) => needs.has(need));
  const external = beside.map(({ name }) => name);
  const made = await bundleEntries(entries, { root, outdir, plugins, external });
  await Promise.all(made.flatMap(({ folder }) => beside.map(({ put }) => put(root, folder))));
  return made;
}

/**
 * Bundles modules with these plugins; functions take `bundle`.
 * @throws InvalidInput listing everything that cannot be bundled.
 */
export async function bundleEntries(
  entries: readonly BundleEntry[],
  { root, outdir, plugins, external = [] }: EntryOptions,
): Promise<readonly Bundle[]> {
  const sources = new Map(entries.map(({ name, source }) => [name, source]));
  const result = await build({
    ...BUNDLE_SETTINGS,
    absWorkingDir: root,
    entryPoints: entries.map(({ name }) => ({ in: entryPath(name), out: join(name, 'index') })),
    outdir,
    outExtension: { '.js': '.mjs' },
    write: false,
    metafile: true,
    external: [...external],
    plugins: [entriesPlugin(root, sources), ...plugins],
    logLevel: 'silent',
  }).catch((failure: unknown) => {
    throw new InvalidInput(`The functions cannot be bundled:\n${describe(failure)}`, [], { cause: failure });
  });
  return Promise.all(
    entries.map(async ({ name }) => {
      const folder = join(outdir, name);
      const file = result.outputFiles.find(({ path }) => path === join(folder, 'index.mjs'));
      if (file === undefined) throw new InvalidInput(`The function ${name} was not bundled.`);
      await mkdir(folder, { recursive: true });
      await writeFile(file.path, file.contents);
      const output = result.metafile.outputs[relative(root, file.path)];
      const modules = Object.entries(output?.inputs ?? {}).map(
        ([path, { bytesInOutput }]) => [path, bytesInOutput] as const,
      );
      return { name, folder, bytes: file.contents.byteLength, modules: new Map(modules) };
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
