import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { digestOfBytes } from '../../core/digest.ts';
import { NotAStateDirectory, StateDirectoryInUse } from './errors.ts';
import { createFile } from './private-files.ts';

/** What a state directory holds: one folder for each part of the local system. */
export const STATE_PARTS = ['anchors', 'artifacts', 'dynamodb', 'flags', 'mail', 'published', 'states'] as const;
export type StatePart = (typeof STATE_PARTS)[number];

/** A state directory that this process has to itself. */
export interface StateDirectory {
  /** Its absolute path. */
  readonly path: string;
  /** The folder of one part; it exists, and only its owner can enter it. */
  readonly part: (part: StatePart) => string;
  /** Lets other processes have the directory. Calling it twice does no harm. */
  readonly release: () => Promise<void>;
}

const MARKER = '.countersign-state';
const LOCK = 'lock';
const MARKER_TEXT = 'State of Countersign on this machine. Starting with --fresh empties this directory.\n';

/** Locks that this process has or is about to take. */
const takenHere = new Set<string>();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const pidIn = (text: string) => Number(text.split(/\s/, 1)[0]);

/**
 * Whether a lock's text names a process that still holds it. Our own pid there is an earlier process's: what this one has
 * is known, and containers give out the same few pids.
 */
function isHeld(text: string): boolean {
  const pid = pidIn(text);
  return Number.isSafeInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid);
}

function inUse(lock: string, pid: string): StateDirectoryInUse {
  const directory = dirname(lock);
  return new StateDirectoryInUse(`${directory} is in use by process ${pid}.`, [
    {
      pointer: '',
      code: 'state-directory-in-use',
      message: `The local system already runs on ${directory}, as process ${pid}.`,
      mend: `Stop it, or choose another state directory. If process ${pid} is another program, delete ${lock}.`,
    },
  ]);
}

/**
 * Removes a lock file whose process is gone. Several processes may find it stale at once, and the slowest must not remove
 * the lock that the fastest has put in its place. So the right to remove is a lock itself, named after the very text.
 */
async function removeStale(lock: string, file: string, mine: string): Promise<void> {
  const read = () => readFile(file, 'utf8').catch(() => undefined);
  const text = await read();
  if (text === undefined) return;
  if (isHeld(text)) throw inUse(lock, String(pidIn(text)));
  const right = `${lock}.${digestOfBytes(text).slice(-16)}`;
  if ((await createFile(right, mine)) === 'exists') return removeStale(lock, right, mine);
  try {
    if ((await read()) === text) await rm(file);
  } finally {
    await rm(right, { force: true });
  }
}

async function writeLock(lock: string): Promise<void> {
  const mine = `${process.pid} ${randomUUID()}\n`;
  while ((await createFile(lock, mine)) === 'exists') await removeStale(lock, lock, mine);
}

async function takeLock(directory: string): Promise<string> {
  const lock = join(directory, LOCK);
  if (takenHere.has(lock)) throw inUse(lock, String(process.pid));
  takenHere.add(lock);
  try {
    await writeLock(lock);
  } catch (error) {
    takenHere.delete(lock);
    throw error;
  }
  return lock;
}

async function claim(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const names = await readdir(directory);
  if (names.includes(MARKER)) return;
  // A marker that another start is just writing has a longer name.
  if (names.some((name) => !name.startsWith(MARKER))) {
    throw new NotAStateDirectory(`${directory} holds files that are not Countersign's.`, [
      {
        pointer: '',
        code: 'not-a-state-directory',
        message: `${directory} is not empty and has no file ${MARKER}.`,
        mend: 'Choose an empty directory, or one that does not exist yet.',
      },
    ]);
  }
  await createFile(join(directory, MARKER), MARKER_TEXT);
}

/** Empties a directory that is marked and locked; links in it are removed, never followed. */
async function empty(directory: string): Promise<void> {
  const names = await readdir(directory);
  const doomed = names.filter((name) => name !== MARKER && name !== LOCK);
  await Promise.all(doomed.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

/**
 * Opens the directory in which the local system keeps its state, and locks it for this process.
 * A lock whose process is gone is taken over.
 * @param options.fresh empties it first; only a directory that carries the marker file is ever emptied.
 * @throws NotAStateDirectory when it holds files and is not marked.
 * @throws StateDirectoryInUse when another process has it.
 */
export async function openStateDirectory(
  directory: string,
  options: { readonly fresh?: boolean } = {},
): Promise<StateDirectory> {
  const path = resolve(directory);
  await claim(path);
  const lock = await takeLock(path);
  try {
    if (options.fresh === true) await empty(path);
    for (const part of STATE_PARTS) await mkdir(join(path, part), { recursive: true, mode: 0o700 });
  } catch (error) {
    takenHere.delete(lock);
    await rm(lock, { force: true });
    throw error;
  }
  return {
    path,
    part: (part) => join(path, part),
    release: async () => {
      if (takenHere.delete(lock)) await rm(lock, { force: true });
    },
  };
}
