import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, bundle } from '../../lib/infra/bundle.ts';
import {
  type FunctionDeclaration,
  functions,
  type Grant,
  sharedFunctions,
  stepFunctions,
} from '../../lib/infra/functions.ts';
import { inlineTexts } from '../../lib/infra/inline-text.ts';
import { skills, skillsFolder } from '../../skills/registry.ts';

const root = join(import.meta.dirname, '../..');
const outdir = mkdtempSync(join(tmpdir(), 'countersign-bundle-test-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const fixture = (name: string): FunctionDeclaration => ({
  name,
  entry: `test/infra/fixtures/functions/${name}.ts`,
  scope: 'shared',
  description: 'A fixture.',
  memoryMegabytes: 128,
  timeoutSeconds: 3,
  grants: [],
});
const fixtureSkill = (name: string) => ({ name, path: join(import.meta.dirname, 'fixtures/skills', name, 'skill.ts') });
const both = [fixtureSkill('tiny-skill-for-tests'), fixtureSkill('second-skill')];

async function bundled(name: string, skillModules = both, folder = name) {
  const [made] = await bundle({
    root,
    outdir: join(outdir, folder),
    declarations: [fixture(name)],
    skills: skillModules,
  });
  const file = join(made!.folder, 'index.mjs');
  return {
    ...made!,
    text: readFileSync(file, 'utf8'),
    load: () => import(/* @vite-ignore */ pathToFileURL(file).href),
  };
}

describe('a bundle', () => {
  test('holds a static list of the skills, with the text of their files', async () => {
    const { load, text } = await bundled('list-skills');
    const { handler } = await load();
    const policy = readFileSync(join(import.meta.dirname, 'fixtures/skills/tiny-skill-for-tests/limits.yaml'), 'utf8');
    expect(handler()).toEqual({ names: ['tiny-skill-for-tests', 'second-skill'], policies: [{ policy }, 'second'] });
    expect(text).not.toContain('readdirSync');
  });

  test('holds one skill alone when only that one was asked for', async () => {
    const { load } = await bundled('list-skills', both.slice(0, 1), 'one');
    expect((await load()).handler().names).toEqual(['tiny-skill-for-tests']);
  });

  test('keeps the names of errors, by which a state machine retries and catches', async () => {
    const { load } = await bundled('throw-held');
    const { handler } = await load();
    expect(handler).toThrowError(expect.objectContaining({ name: 'PublishHeld' }));
  });

  test('is refused when a module looks for something beside itself, with the line', async () => {
    await expect(bundled('look-around')).rejects.toThrow(/look-around\.ts: Line 3 uses import\.meta/);
  });

  test('is refused when an entry is missing, by name', async () => {
    await expect(bundled('does-not-exist')).rejects.toThrow(/does-not-exist\.ts/);
  });

  test('has the same bytes each time', async () => {
    const first = await bundled('list-skills', both, 'first');
    const second = await bundled('list-skills', both, 'second');
    expect(second.text).toBe(first.text);
    expect(first.bytes).toBe(Buffer.byteLength(first.text));
    expect(first.text).not.toContain(root);
  });
});

describe('texts that a module reads', () => {
  const read = async (path: string) => `<${path}>`;

  test('take the place of the read', async () => {
    expect(await inlineTexts("const a = readFileSync(new URL('./a.yaml', import.meta.url), 'utf8');", read)).toBe(
      'const a = ("<./a.yaml>");',
    );
    expect(await inlineTexts('x(readFileSync(\n  new URL("../b.md", import.meta.url),\n  "utf8",\n));', read)).toBe(
      'x(("<../b.md>"));',
    );
  });

  test.each([
    "readFileSync(new URL(name, import.meta.url), 'utf8')",
    "readFileSync(new URL('./' + name, import.meta.url), 'utf8')",
    "readFileSync(new URL('./a.bin', import.meta.url))",
    "readFileSync(join(import.meta.dirname, 'a.yaml'), 'utf8')",
  ])('are refused in any other form: %s', async (source) => {
    await expect(inlineTexts(`\n${source};`, read)).rejects.toThrow(/Line 2 uses import\.meta/);
  });

  test('keep what looks like a replacement pattern, a quote or a line separator', async () => {
    const text = "$& $1 $' 'quoted' \u2028 `tick`";
    const source = await inlineTexts(
      "export default readFileSync(new URL('./a', import.meta.url), 'utf8');",
      async () => text,
    );
    const module = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(source)}`);
    expect(module.default).toBe(text);
  });
});

describe('the functions of the table', () => {
  const made: Bundle[] = [];
  beforeAll(async () => {
    const all = skills.map(({ name }) => ({ name, path: join(skillsFolder, name, 'skill.ts') }));
    made.push(
      ...(await bundle({ root, outdir: join(outdir, 'real-shared'), declarations: sharedFunctions(), skills: all })),
      ...(await bundle({ root, outdir: join(outdir, 'real'), declarations: stepFunctions(), skills: all.slice(0, 1) })),
    );
  });

  test('are there under distinct names, each with an entry of its own', () => {
    expect(new Set(functions.map(({ name }) => name)).size).toBe(functions.length);
    for (const { entry } of functions) expect(existsSync(join(root, entry)), entry).toBe(true);
  });

  test('load on their own and export a handler', { timeout: 120_000 }, () => {
    const files = made.map(({ folder }) => join(folder, 'index.mjs'));
    const script = `for (const file of ${JSON.stringify(files)}) console.log(typeof (await import(file)).handler);`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.stdout.trim().split('\n')).toEqual(files.map(() => 'function'));
  });

  test('may do what their code can do, and signal, start, describe, mail and store no more than that', () => {
    // Calls through the ports of the runtime keep their names when they are minified.
    const calls: readonly (readonly [RegExp, readonly Grant[], 'exactly' | 'at least'])[] = [
      [/\bstates\.start\(/, ['states:start'], 'exactly'],
      [/\bstates\.succeedTask\(/, ['states:signal'], 'exactly'],
      [/\bstates\.describe\(/, ['states:describe'], 'exactly'],
      [/\bmail\.send\(/, ['mail:send'], 'exactly'],
      [/\.setVariantWeights\(/, ['flag-admin:use'], 'exactly'],
      [/\bartifacts\.put\(/, ['artifacts:write'], 'exactly'],
      [/\bartifacts\.get\(/, ['artifacts:read', 'artifacts:write'], 'at least'],
      [/\.(putNew|putVersion|increment)\(|\btable\.(put|delete)\(/, ['table:write'], 'at least'],
    ];
    const wrong = made.flatMap(({ name, folder }) => {
      const text = readFileSync(join(folder, 'index.mjs'), 'utf8');
      const grants = functions.find((declaration) => declaration.name === name)!.grants;
      return calls.flatMap(([call, anyOf, how]) => {
        const granted = anyOf.some((grant) => grants.includes(grant));
        if (call.test(text)) return granted ? [] : [`${name} lacks ${anyOf[0]}`];
        return granted && how === 'exactly' ? [`${name} has ${anyOf[0]} for nothing`] : [];
      });
    });
    expect(wrong).toEqual([]);
  });

  test('stay below 2.5 MB each, unzipped', () => {
    console.log(made.map(({ name, bytes }) => `${name} ${(bytes / 1024).toFixed(0)} KiB`).join(', '));
    for (const { name, bytes } of made) expect(bytes, name).toBeLessThan(2_500_000);
  });
});
