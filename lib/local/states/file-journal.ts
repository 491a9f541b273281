import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Execution } from './execution.ts';
import { fold, type Journal, type JournalRecord, type Listed, listed, type Recovered } from './journal.ts';
import { appendLine, readLines } from './line-file.ts';

/** A line of the index: an execution ended, or was forgotten. */
type IndexLine = { readonly ended: Listed } | { readonly forgotten: string };

/**
 * A journal in a directory: one file an execution, so that an execution's steps are read without the others',
 * and an index of those that ended, so that a start need not read them. The executions' files are the truth;
 * what the index lacks, because a crash came between the two, is read from them.
 */
export class FileJournal implements Journal {
  readonly #executions: string;
  readonly #documents: string;
  readonly #index: string;
  readonly #sync: boolean;

  /** @param sync whether every step waits for the disk: needed to survive the end of the machine, not of the process. */
  constructor(directory: string, sync = false) {
    this.#executions = join(directory, 'executions');
    this.#documents = join(directory, 'documents');
    this.#index = join(directory, 'finished.jsonl');
    this.#sync = sync;
    mkdirSync(this.#executions, { recursive: true, mode: 0o700 });
    mkdirSync(this.#documents, { recursive: true, mode: 0o700 });
  }

  recover(): Recovered {
    const finished = this.#indexed();
    const indexedFiles = new Set([...finished.keys()].map(fileName));
    const open: Execution[] = [];
    for (const file of readdirSync(this.#executions)) {
      if (indexedFiles.has(file)) continue;
      const execution = fold(readLines(join(this.#executions, file)) as JournalRecord[]);
      if (execution === undefined) rmSync(join(this.#executions, file));
      else if (execution.status === 'RUNNING') open.push(execution);
      else {
        finished.set(execution.executionArn, listed(execution));
        this.#appendIndex({ ended: listed(execution) });
      }
    }
    return { open, finished: [...finished.values()] };
  }

  append(after: Execution, record: JournalRecord): void {
    appendLine(this.#fileOf(after.executionArn), record, this.#sync);
    if (after.status !== 'RUNNING') this.#appendIndex({ ended: listed(after) });
  }

  records(executionArn: string): readonly JournalRecord[] {
    return readLines(this.#fileOf(executionArn)) as JournalRecord[];
  }

  forget(executionArn: string): void {
    // In this order: a crash in between leaves a file without an entry, which counts.
    this.#appendIndex({ forgotten: executionArn });
    rmSync(this.#fileOf(executionArn), { force: true });
  }

  document(name: string): string | undefined {
    try {
      return readFileSync(join(this.#documents, name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  keepDocument(name: string, text: string): void {
    const file = join(this.#documents, name);
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  #indexed(): Map<string, Listed> {
    const finished = new Map<string, Listed>();
    for (const line of readLines(this.#index) as IndexLine[]) {
      if ('forgotten' in line) finished.delete(line.forgotten);
      else finished.set(line.ended.executionArn, line.ended);
    }
    return finished;
  }

  #appendIndex(line: IndexLine): void {
    appendLine(this.#index, line, this.#sync);
  }

  #fileOf(executionArn: string): string {
    return join(this.#executions, fileName(executionArn));
  }
}

/** Names of executions may hold what names of files may not. */
function fileName(executionArn: string): string {
  return `${createHash('sha256').update(executionArn).digest('hex')}.jsonl`;
}
