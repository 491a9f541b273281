import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NotAStateDirectory, StateDirectoryInUse } from '../../../lib/local/services/errors.ts';
import { keepSecrets } from '../../../lib/local/services/private-files.ts';
import { openStateDirectory, STATE_PARTS, type StateDirectory } from '../../../lib/local/services/state-directory.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const open = async (path: string, options = {}) => {
  const directory = await openStateDirectory(path, options);
  onTestFinished(directory.release);
  return directory;
};

/** The id of a process that is over. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

/** Another process that opens the directory, says how that went, and keeps it until told to end. */
function startElsewhere(path: string) {
  const module = new URL('../../../lib/local/services/state-directory.ts', import.meta.url).href;
  const script = `import { openStateDirectory } from ${JSON.stringify(module)};
    const answer = await openStateDirectory(${JSON.stringify(path)}).then(() => 'won', (error) => error.code);
    console.log(answer);
    process.stdin.resume();`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void other.kill('SIGKILL'));
  const answer = once(createInterface({ input: other.stdout }), 'line').then(([line]) => String(line));
  return { answer, end: () => other.stdin.end() };
}

describe('the state directory', () => {
  it('is made with a folder for each part, for its owner only', async () => {
    const directory = await open(join(await temporaryDirectory(), 'deep', '.local'));
    for (const part of STATE_PARTS) expect((await stat(directory.part(part))).mode & 0o777).toBe(0o700);
  });

  it('is for one start at a time', async () => {
    const path = join(await temporaryDirectory(), '.local');
    const first = await open(path);
    const second = await openStateDirectory(path).catch((error: unknown) => error);
    expect(second).toBeInstanceOf(StateDirectoryInUse);
    expect((second as StateDirectoryInUse).problems[0]?.mend).toContain(`process ${process.pid}`);
    await first.release();
    await first.release();
    await open(path);
  });

  it('is not taken from a process that lives, and taken over from one that is gone', async () => {
    const path = join(await temporaryDirectory(), '.local');
    await (await open(path)).release();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(other, 'spawn');
    await writeFile(join(path, 'lock'), `${other.pid}\n`);
    await expect(openStateDirectory(path)).rejects.toBeInstanceOf(StateDirectoryInUse);
    other.kill('SIGKILL');
    await once(other, 'exit');
    await open(path);
    expect(await readFile(join(path, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  });

  it('is taken over from an earlier process that had the same id as this one, as in a container', async () => {
    const path = join(await temporaryDirectory(), '.local');
    await (await open(path)).release();
    await writeFile(join(path, 'lock'), `${process.pid}\n`);
    await open(path);
  });

  it('goes to one of many starts at once, in this process and in others, over a stale lock too', async () => {
    const path = join(await temporaryDirectory(), '.local');
    const here = await Promise.allSettled(Array.from({ length: 8 }, () => open(path)));
    const [won, ...others] = here.filter(({ status }) => status === 'fulfilled');
    expect(others).toEqual([]);
    await (won as PromiseFulfilledResult<StateDirectory>).value.release();

    await writeFile(join(path, 'lock'), `${await deadPid()}\n`);
    const starts = Array.from({ length: 5 }, () => startElsewhere(path));
    const answers = await Promise.all(starts.map(({ answer }) => answer));
    expect((await readdir(path)).filter((name) => name.startsWith('lock'))).toEqual(['lock']);
    expect(answers.sort()).toEqual([...Array(4).fill('StateDirectoryInUse'), 'won']);
    for (const { end } of starts) end();
  });

  it('is emptied when asked, without following links out of it', async () => {
    const outside = await temporaryDirectory();
    await writeFile(join(outside, 'precious'), 'kept');
    const path = join(await temporaryDirectory(), '.local');
    const before = await open(path);
    await writeFile(join(before.part('mail'), 'old.eml'), 'old');
    await symlink(outside, join(path, 'link'));
    await before.release();
    const after = await open(path, { fresh: true });
    expect(await readdir(after.part('mail'))).toEqual([]);
    expect((await readdir(path)).sort()).toEqual(['.countersign-state', ...STATE_PARTS, 'lock'].sort());
    expect(await readFile(join(outside, 'precious'), 'utf8')).toBe('kept');
  });

  it('is never a directory that holds something else, fresh or not', async () => {
    const path = await temporaryDirectory();
    await mkdir(join(path, 'mail'));
    await writeFile(join(path, 'thesis.txt'), 'kept');
    await expect(openStateDirectory(path, { fresh: true })).rejects.toBeInstanceOf(NotAStateDirectory);
    await expect(openStateDirectory(path)).rejects.toBeInstanceOf(NotAStateDirectory);
    expect((await readdir(path)).sort()).toEqual(['mail', 'thesis.txt']);
  });

  it('is not emptied under a process that runs on it', async () => {
    const path = join(await temporaryDirectory(), '.local');
    const running = await open(path);
    await writeFile(join(running.part('mail'), 'new.eml'), 'new');
    await expect(openStateDirectory(path, { fresh: true })).rejects.toBeInstanceOf(StateDirectoryInUse);
    expect(await readdir(running.part('mail'))).toEqual(['new.eml']);
  });
});

describe('secrets of a service', () => {
  it('are random, made once per directory, and readable for their owner only', async () => {
    const directory = await temporaryDirectory();
    const first = await keepSecrets(directory, ['admin', 'client']);
    expect(first.admin).toMatch(/^[0-9a-f]{64}$/);
    expect(first.client).not.toBe(first.admin);
    expect(await keepSecrets(directory, ['admin', 'client'])).toEqual(first);
    expect((await stat(join(directory, 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect(await keepSecrets(undefined, ['admin'])).not.toEqual(await keepSecrets(undefined, ['admin']));
  });
});
