import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, bundle } from '../../lib/infra/bundle.ts';
import { type FunctionDeclaration, functions, type Grant, stepFunctions } from '../../lib/infra/functions.ts';
import { grantedPorts, portsOf } from '../../lib/infra/granted-ports.ts';
import { inlineTexts } from '../../lib/infra/inline-text.ts';
import { SOLVER } from '../../lib/infra/package-solver.ts';
import { skills, skillsFolder } from '../../skills/registry.ts';
import { functionBundles, type MeasuredBundle } from '../bench/support/function-bundles.ts';
import { importRatio, importTimes } from '../bench/support/import-time.ts';
import { median } from '../bench/support/statistics.ts';
import { startLoopback } from '../contract/loopback.ts';
import { runsSlowTests, slowTest } from '../support/slow.ts';

const root = join(import.meta.dirname, '../..');
const outdir = mkdtempSync(join(tmpdir(), 'countersign-bundle-test-'));
/** What a function may take: bytes of its bundle (more where it packages a solver and what writes questions for it, or moves handoffs, whose contracts hold schemas and conditions), and import time against the SDK clients that it uses alone. */
const BUDGET = {
  bytes: 680_000,
  bytesBesideSolver: 1_300_000,
  bytesOfHandoffs: 1_200_000,
  /** Shared functions that carry all skills at once: with their engines, or with what reads their configurations at a deployment. */
  bytesOfAllSkills: { preview: 2_000_000, seed: 1_200_000 } as Readonly<Record<string, number>>,
  importToSdk: 1.5,
  rounds: 5,
};

/** What Lambda and the stack tell a function. */
const functionEnvironment = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDOFLAMBDA',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token-of-lambda',
  COUNTERSIGN_ENVIRONMENT: 'test',
  COUNTERSIGN_TABLE: 'countersign',
  COUNTERSIGN_MAXIMUM_BODY_BYTES: '262144',
  COUNTERSIGN_ARTIFACTS_BUCKET: 'artifacts',
  COUNTERSIGN_BASE_URL: 'https://example.com',
  COUNTERSIGN_MAIL_FROM: 'countersign@example.com',
  COUNTERSIGN_OVERSIGHT_ADDRESS: 'oversight@example.com',
  COUNTERSIGN_STATE_MACHINE_PREFIX: 'arn:aws:states:eu-central-1:111122223333:stateMachine:countersign-',
};

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
    // YAML arrives as JSON, so that no function needs a parser for it.
    const policies = [{ policy: '{"limit":3}' }, 'second'];
    expect(handler()).toEqual({ names: ['tiny-skill-for-tests', 'second-skill'], policies });
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
  let made: readonly MeasuredBundle[] = [];
  beforeAll(async () => {
    made = await functionBundles(join(outdir, 'real'));
  }, 120_000);
  const declarationOf = ({ name }: Bundle) => functions.find((declaration) => declaration.name === name)!;
  const textOf = ({ folder }: Bundle) => readFileSync(join(folder, 'index.mjs'), 'utf8');

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
      [/\bstates\.journey\(/, ['states:history'], 'exactly'],
      [/\bmail\.send\(/, ['mail:send'], 'exactly'],
      [/\.setVariantWeights\(/, ['flag-admin:use'], 'exactly'],
      // The SDK's client for S3 has a signer of its own, which it passes on without keeping it.
      [/=await \w+\.signer\(\)/, ['evidence:sign'], 'exactly'],
      [/\bartifacts\.put\(/, ['artifacts:write'], 'exactly'],
      [/\bartifacts\.get\(/, ['artifacts:read', 'artifacts:write'], 'at least'],
      [/\btable\.delete\(/, ['table:delete'], 'exactly'],
      [/\btable\.increment\(/, ['table:count'], 'exactly'],
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

  test('hold the ports that they were granted and no others', () => {
    const files = [...new Set(grantedPorts.map(({ module }) => module))];
    for (const each of made) {
      const granted = new Set(portsOf(declarationOf(each).grants).map(({ module }) => module));
      const held = files.filter((file) => (each.modules.get(file) ?? 0) > 0);
      expect(held, each.name).toEqual(files.filter((file) => granted.has(file)));
    }
  });

  test('hold clients of the services that their grants are about, and no others', () => {
    const services: readonly (readonly [string, RegExp])[] = [
      ['client-dynamodb', /^table:/],
      ['client-s3', /^(artifacts|anchors):/],
      ['client-sesv2', /^mail:/],
      ['client-sfn', /^states:/],
      ['client-secrets-manager', /^(flag-(token|admin)|publisher):/],
      ['client-kms', /^evidence:/],
    ];
    for (const each of made)
      for (const [client, grants] of services)
        expect(
          [...each.modules].some(([path, bytes]) => path.includes(`/@aws-sdk/${client}/`) && bytes > 0),
          `${each.name} and ${client}`,
        ).toBe(declarationOf(each).grants.some((grant) => grants.test(grant)));
  });

  test.each([
    ['nodemailer', []],
    ['re2js', []],
    ['semver', []],
    ['ip-address', []],
    // What executes skills that take YAML from people reads it.
    ['yaml', ['preview']],
    ['@aws-sdk/nested-clients', []],
    ['@aws-sdk/credential-provider-node', []],
    ['csv-parse', ['seed']],
  ] as const)('hold %s only where it is needed: %j', (name, needed) => {
    const holding = made.filter(({ modules }) =>
      [...modules].some(([path, bytes]) => path.includes(`node_modules/${name}/`) && bytes > 0),
    );
    expect(holding.map((each) => each.name)).toEqual(needed);
  });

  test('hold of their skills what they were declared to, and refuse the rest by name', () => {
    const engine = /\.execute\(|\.loadConfiguration\(/;
    const reference = /\.baselineConfiguration\(|\.referenceDirectory\(/;
    for (const each of made) {
      const { skills: parts = 'declaration' } = declarationOf(each);
      const text = textOf(each);
      if (parts === 'none') expect(/\.skills\b(?!:)/.test(text), `${each.name} looks at skills`).toBe(false);
      if (parts === 'declaration' || parts === 'none') expect(engine.test(text), `${each.name} executes`).toBe(false);
      if (parts === 'engine') expect(/\.execute\(/.test(text), `${each.name} executes nothing`).toBe(true);
      if (parts === 'handoff') expect(/\.execute\(/.test(text), `${each.name} executes`).toBe(false);
      if (parts === 'configuration') expect(/\.execute\(/.test(text), `${each.name} executes`).toBe(false);
      expect(reference.test(text), each.name).toBe(parts === 'reference');
    }
  });

  test(`take at most ${BUDGET.bytes} bytes each`, () => {
    console.log(made.map(({ name, bytes }) => `${name} ${(bytes / 1000).toFixed(0)} kB`).join(', '));
    const besideSolver = made.filter(({ folder }) => existsSync(join(folder, 'node_modules', SOLVER)));
    expect(besideSolver.map(({ name }) => name)).toEqual(['preview']);
    const capOf = (each: Bundle) => {
      const ofAllSkills = BUDGET.bytesOfAllSkills[each.name];
      if (ofAllSkills !== undefined) return ofAllSkills;
      return declarationOf(each).skills === 'handoff' ? BUDGET.bytesOfHandoffs : BUDGET.bytes;
    };
    expect(made.filter((each) => each.bytes > capOf(each)).map(({ name, bytes }) => `${name}: ${bytes}`)).toEqual([]);
  });

  slowTest('are imported within 1.5 times of what their SDK clients take', { timeout: 600_000 }, async () => {
    const alone = [...new Set(made.flatMap(({ sdkAlone }) => sdkAlone ?? []))];
    const times = await importTimes([...alone, ...made], BUDGET.rounds);
    const ratios = made.flatMap((each) =>
      each.sdkAlone === undefined ? [] : [{ name: each.name, ratio: importRatio(times, each, each.sdkAlone) }],
    );
    console.log(ratios.map(({ name, ratio }) => `${name} ${ratio.toFixed(2)}`).join(', '));
    // One function's ratio is at the mercy of whatever else the machine does; the middle one of them all is not.
    expect(median(ratios.map(({ ratio }) => ratio))).toBeLessThanOrEqual(BUDGET.importToSdk);
  });
});

describe.skipIf(!runsSlowTests)('a skill that needs a solver and reads YAML', () => {
  const folder = join(outdir, 'needs-solver');
  let steps: readonly Bundle[] = [];
  beforeAll(async () => {
    const found = skills.find(({ needs = [] }) => needs.includes('solver'))!;
    const module = { name: found.name, path: join(skillsFolder, found.name, 'skill.ts'), needs: found.needs ?? [] };
    steps = await bundle({ root, outdir: folder, declarations: stepFunctions(), skills: [module] });
  }, 120_000);

  test('has both in the functions that execute it, and in no others', () => {
    const holding = (name: string) =>
      steps
        .filter(({ modules }) =>
          [...modules].some(([path, bytes]) => path.includes(`node_modules/${name}/`) && bytes > 0),
        )
        .map((each) => each.name);
    const beside = steps
      .filter((each) => existsSync(join(each.folder, 'node_modules', SOLVER)))
      .map(({ name }) => name);
    expect(beside).toEqual(['execute', 'verify']);
    expect(holding('yaml')).toEqual(['execute', 'verify']);
    expect(holding(SOLVER)).toEqual([]);
    for (const { name, bytes } of steps)
      expect(bytes, name).toBeLessThanOrEqual(beside.includes(name) ? BUDGET.bytesBesideSolver : BUDGET.bytes);
  });

  test('loads the solver from beside its bundle, on demand and not before', { timeout: 60_000 }, async () => {
    const execute = steps.find(({ name }) => name === 'execute')!;
    const file = join(execute.folder, 'index.mjs');
    expect(readFileSync(file, 'utf8')).toMatch(/import\("z3-solver"\)/);
    const script = `
      const { createRequire } = await import('node:module');
      const { handler } = await import(process.argv[1]);
      const require = createRequire(process.argv[1]);
      const before = Object.keys(require.cache).some((path) => path.includes('z3-solver'));
      const { init } = require('z3-solver');
      const { Z3, em } = await init();
      const context = Z3.mk_context(Z3.mk_config());
      const text = '(declare-const x Int)(assert (> (* 2 x) 7))(assert (< x 5))(check-sat)';
      const answer = em.ccall('Z3_eval_smtlib2_string', 'string', ['number', 'string'], [context, text]);
      console.log(JSON.stringify([typeof handler, before, answer.trim()]));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script, pathToFileURL(file).href],
      { cwd: execute.folder, env: { PATH: process.env.PATH } },
    );
    expect(JSON.parse(stdout)).toEqual(['function', false, 'sat']);
  });

  test('fits what Lambda takes, unzipped', () => {
    const bytesIn = (path: string): number =>
      readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
    const execute = steps.find(({ name }) => name === 'execute')!;
    expect(bytesIn(execute.folder)).toBeLessThan(60_000_000);
  });
});

/** A client for a server that is not there: its credentials and endpoint come from the environment, as in Lambda. */
test('a bundled port takes its credentials and its endpoint from the environment', async () => {
  const seen: { authorization?: string; token?: unknown }[] = [];
  const server = await startLoopback(({ headers }) => {
    seen.push({ authorization: String(headers.authorization), token: headers['x-amz-security-token'] });
    return { status: 400, body: JSON.stringify({ __type: 'com.amazon.coral.service#SomethingNew', message: 'no' }) };
  });
  try {
    const [made] = await bundle({
      root,
      outdir: join(outdir, 'environment'),
      declarations: [{ ...fixture('read-table'), grants: ['table:read'], skills: 'none' }],
      skills: [],
    });
    const script = `const { handler } = await import(process.argv[1]); console.log(JSON.stringify(await handler()));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script, pathToFileURL(join(made!.folder, 'index.mjs')).href],
      { env: { PATH: process.env.PATH, ...functionEnvironment, AWS_ENDPOINT_URL_DYNAMODB: server.url } },
    );
    expect(JSON.parse(stdout)).toEqual({ table: ['SomethingNew', 'client', 400], mail: ['NotGranted', 'mail:send'] });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.authorization).toContain('Credential=AKIDOFLAMBDA/');
    expect(seen[0]?.token).toBe('token-of-lambda');
  } finally {
    await server.close();
  }
});
