import type { Terms } from '../../core/approval/terms.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { currentDirectory } from '../configuration/directory-store.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { readExecution } from '../executions/execution-store.ts';
import { parseSkillResult } from '../executions/skill-result-schema.ts';
import type { Runtime } from '../runtime.ts';
import type { SkillResult } from '../skill/skill-result.ts';
import { type EarlierFacts, readEarlierRequest } from './earlier-request.ts';
import type { Seat } from './stage.ts';

/** What people decide about: the execution, its result, the terms, and the directory in force. */
export interface Case {
  readonly record: ExecutionRecord;
  readonly result?: SkillResult;
  readonly terms: Terms;
  readonly skillTitle: string;
  readonly directory: LoadedDirectory;
  /** The request that this one resubmits. */
  readonly earlier?: EarlierFacts;
}

/** The principal and approver of the oversight seat; no person of the directory. */
export const OVERSIGHT = 'oversight';

/** Where and how somebody is reached. */
export interface Contact {
  readonly name: string;
  readonly address: string;
  readonly timeZone: string;
}

/** What is left to show of an execution that was escalated before it had a result. */
function bareTerms(record: ExecutionRecord, skillTitle: string, directory: LoadedDirectory): Terms {
  return {
    schema: 'countersign/terms/1',
    kind: skillTitle,
    accountName: record.accountId,
    requesterName: directory.person(record.requester.personId)?.name ?? record.requester.personId,
    summary: 'The execution came to no result that could be shown.',
    lines: [{ label: 'Accepted', value: record.createdAt, differs: false }],
  };
}

/**
 * Reads what people decide about.
 * @throws NotFound, IntegrityError, InvalidInput when the execution or an artifact is missing or not what it was.
 */
export async function readCase(runtime: Runtime, executionId: string): Promise<Case> {
  const record = await readExecution(runtime, executionId);
  const [directory, document] = await Promise.all([
    currentDirectory(runtime),
    record.result === undefined ? undefined : runtime.artifacts.get(record.result),
  ]);
  const skillTitle = runtime.skills.find((skill) => skill.name === record.skill)?.title ?? record.skill;
  if (document === undefined) return { record, terms: bareTerms(record, skillTitle, directory), skillTitle, directory };
  const result = parseSkillResult(document);
  const { terms } = result;
  const earlier = await readEarlierRequest(runtime, record, terms, directory);
  return { record, result, terms, skillTitle, directory, ...(earlier === undefined ? {} : { earlier }) };
}

/** The name of a person, or the id of somebody whom the directory no longer knows. */
export function nameOf(directory: LoadedDirectory, personId: string): string {
  return personId === OVERSIGHT ? 'Oversight' : (directory.person(personId)?.name ?? personId);
}

/** Where a seat's approver is reached, by the directory in force; `undefined` when it does not know them. */
export function contactOf(
  runtime: Runtime,
  directory: LoadedDirectory,
  seat: Pick<Seat, 'approver'>,
): Contact | undefined {
  if (seat.approver === OVERSIGHT)
    return { name: nameOf(directory, OVERSIGHT), address: runtime.settings.oversightAddress, timeZone: 'UTC' };
  const person = directory.person(seat.approver);
  return person === undefined ? undefined : { name: person.name, address: person.email, timeZone: person.timeZone };
}
