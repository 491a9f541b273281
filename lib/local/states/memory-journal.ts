import type { Execution } from './execution.ts';
import { fold, type Journal, type JournalRecord, listed, type Recovered } from './journal.ts';

/** A journal in memory, for tests: it survives the engine, not the process. */
export class MemoryJournal implements Journal {
  readonly #records = new Map<string, string[]>();
  readonly #documents = new Map<string, string>();

  recover(): Recovered {
    const executions = [...this.#records.keys()].flatMap((arn) => fold(this.records(arn)) ?? []);
    return {
      open: executions.filter((execution) => execution.status === 'RUNNING'),
      finished: executions.filter((execution) => execution.status !== 'RUNNING').map(listed),
    };
  }

  append(after: Execution, record: JournalRecord): void {
    const records = this.#records.get(after.executionArn) ?? [];
    // Kept as text, so that a record cannot change behind the journal's back.
    records.push(JSON.stringify(record));
    this.#records.set(after.executionArn, records);
  }

  records(executionArn: string): readonly JournalRecord[] {
    return (this.#records.get(executionArn) ?? []).map((text) => JSON.parse(text) as JournalRecord);
  }

  forget(executionArn: string): void {
    this.#records.delete(executionArn);
  }

  document(name: string): string | undefined {
    return this.#documents.get(name);
  }

  keepDocument(name: string, text: string): void {
    this.#documents.set(name, text);
  }
}
