import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { NotAStateDirectory, StateDirectoryInUse } from './errors.ts';
import { createFile } from './private-files.ts';

/** What a state directory holds: one folder for each part of the local system. */
export const STATE_PARTS = ['artifacts', 'dynamodb', 'flags', 'mail', 'states'] as const;
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

/** Locks of this very process: its own pid in a lock file proves nothing, as containers give out the same few pids. */
const heldHere = new Set<string>();

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a lock's text names a process that still holds it. */
function isHeld(lock: string, text: string): boolean {
  const pid = Number(text.trim());
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  return pid === process.pid ? heldHere.has(lock) : isAlive(pid);
}

function inUse(directory: string, lock: string, pid: string): StateDirectoryInUse {
  return new StateDirectoryInUse(`${directory} is in use by process ${pid}.`, [
    {
      pointer: '',
      code: 'state-directory-in-use',
      message: `The local system already runs on ${directory}, as process ${pid}.`,
      mend: `Stop it, or choose another state directory. If process ${pid} is another program, delete ${lock}.`,
    },
  ]);
}

async function takeLock(directory: string): Promise<string> {
  const lock = join(directory, LOCK);
  while ((await createFile(lock, `${process.pid}\n`)) === 'exists') {
    const text = await readFile(lock, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    if (isHeld(lock, text)) throw inUse(directory, lock, text.trim());
    // Two starts may find the same stale lock: each moves what is there aside and looks at what it moved.
    const aside = join(directory, `${LOCK}.${randomUUID()}`);
    const moved = await rename(lock, aside).then(
      () => readFile(aside, 'utf8'),
      () => undefined,
    );
    if (moved !== undefined && isHeld(lock, moved)) {
      await rename(aside, lock);
      throw inUse(directory, lock, moved.trim());
    }
    await rm(aside, { force: true });
  }
  heldHere.add(lock);
  return lock;
}

async function claim(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const names = await readdir(directory);
  if (names.includes(MARKER)) return;
  if (names.length > 0) {
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
    heldHere.delete(lock);
    await rm(lock, { force: true });
    throw error;
  }
  return {
    path,
    part: (part) => join(path, part),
    release: async () => {
      if (heldHere.delete(lock)) await rm(lock, { force: true });
    },
  };
}
