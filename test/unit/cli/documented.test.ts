import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../lib/cli/program/create-program.ts';
import { runHere } from './support/run-here.ts';

const text = readFileSync(new URL('../../../docs/command-line.md', import.meta.url), 'utf8');

/** The commands that act on no environment. The document gives the reason of each in its last column. */
const OFFLINE = [
  'start',
  'demo',
  'drill',
  'baseline record',
  'run',
  'verify',
  'constraints check',
  'constraints fmt',
  'constraints compile',
  'constraints test',
  'constraints eval',
  'constraints diff',
  'constraints replay',
  'schedule solve',
  'schedule import',
  'handoff diff',
  'env list',
  'env add',
  'env remove',
] as const;

/** Options that a group of commands shares; the document names them once below its table. */
const SHARED = new Set(['--env', '--state', '--profile', '--region', '--api', '--json', '--help']);

interface Verb {
  readonly name: string;
  readonly command: Command;
}

/** Every command that does something, by the words that call it. */
function verbsOf(command: Command, words: readonly string[] = []): Verb[] {
  if (command.commands.length === 0) return [{ name: words.join(' '), command }];
  return command.commands.flatMap((one) => verbsOf(one, [...words, one.name()]));
}

const verbs = verbsOf(createProgram());
const lineOf = (name: string) =>
  text.split('\n').find((line) => new RegExp(`^\\| \`countersign ${name}(\`| )`).test(line));
const optionsOf = ({ command }: Verb) => command.options.map(({ long }) => long ?? '');

describe('every command', () => {
  test('there is one for each thing that is promised', () => {
    expect(verbs.length).toBeGreaterThanOrEqual(28);
  });

  test.each(verbs.map((verb) => [verb.name, verb] as const))(
    '%s explains itself and stands in the document',
    async (name, verb) => {
      const { code, stdout } = await runHere([...name.split(' '), '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`Usage: countersign ${name}`);
      for (const option of optionsOf(verb)) expect(stdout).toContain(option);

      const line = lineOf(name);
      expect(line, `docs/command-line.md has no row for ${name}`).toBeDefined();
      for (const argument of verb.command.registeredArguments) expect(line).toContain(argument.name().toUpperCase());
      // Later words of a row are about one command only, so an option that it has of its own must be among them.
      for (const option of optionsOf(verb).filter((one) => !SHARED.has(one) && one !== '--wait' && one !== '--timeout'))
        expect(line, `the row of ${name} does not name ${option}`).toContain(`\`${option}`);
    },
  );

  test.each(verbs.map((verb) => [verb.name, verb] as const))(
    '%s takes --env, or is on the short list of those that need none',
    (name, verb) => {
      const offline = (OFFLINE as readonly string[]).includes(name);
      expect(optionsOf(verb).includes('--env')).toBe(!offline);
      if (offline) expect(lineOf(name)?.split('|').at(3)?.trim()).toMatch(/^it /);
      else
        for (const option of ['--state', '--profile', '--region', '--json']) expect(optionsOf(verb)).toContain(option);
    },
  );

  test('that the document has a row for is one that there is', () => {
    const named = [...text.matchAll(/^\| `countersign ([a-z -]+?)(?:`| [A-Z[])/gm)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(verbs.map(({ name }) => name)));
  });
});

describe('wrong usage', () => {
  test.each([
    [['strat'], "unknown command 'strat'"],
    [['status', '--nope'], "unknown option '--nope'"],
    [['submit', 'u01668'], "missing required argument 'file'"],
    [['status', '--limit', '0'], 'whole number'],
    [['flags', 'weigh'], "required option '--candidate"],
    [[], 'Usage: countersign'],
  ])('%j ends with 2, and says what is wrong', async (args, words) => {
    const { code, stdout, stderr } = await runHere(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });
});
