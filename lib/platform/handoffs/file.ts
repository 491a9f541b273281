import { digestOf } from '../../core/digest.ts';
import { isEmployed } from '../../core/directory/employment.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { NotFound } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import { approvalRecords } from '../approvals/records.ts';
import type { Stage } from '../approvals/stage.ts';
import { readStages } from '../approvals/stage-store.ts';
import { currentDirectory } from '../configuration/directory-store.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { type ExecutionContext, loadContext } from '../executions/context.ts';
import { readExecution } from '../executions/execution-store.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { HandoffCase, HandoffProtocol } from '../skill/handoff-protocol.ts';

/** Everything that a handoff is read and moved with: its protocol, what that may see, and the directory in force. */
export interface HandoffFile {
  readonly record: ExecutionRecord;
  readonly skill: AnySkill;
  readonly protocol: HandoffProtocol;
  readonly case: HandoffCase;
  /** The directory in force, by which people are reached; the protocol sees the one of the execution. */
  readonly directory: LoadedDirectory;
}

/** What people approved, by digests; `undefined` where nobody was asked. */
export function approvalOf(
  record: Pick<ExecutionRecord, 'termsDigest'>,
  stages: readonly Stage[],
): HandoffCase['approval'] {
  const decisions = approvalRecords(stages.filter(({ kind }) => kind === 'approval'));
  if (decisions.length === 0 || record.termsDigest === undefined) return undefined;
  return { terms: record.termsDigest, decisions: digestOf(decisions) };
}

/**
 * What the protocol may see of an execution.
 * @throws NotFound when it has no result, InvalidInput when its configuration cannot be loaded.
 */
export function caseOf(context: ExecutionContext, record: ExecutionRecord, stages: readonly Stage[]): HandoffCase {
  const { skill, input, directory, result } = context;
  if (result === undefined) throw new NotFound(`Execution ${record.executionId} has no result to hand over.`);
  const approval = approvalOf(record, stages);
  return {
    executionId: record.executionId,
    input,
    configuration: skill.loadConfiguration(context.configurationDocument, directory),
    directory,
    requester: { personId: record.requester.personId },
    instant: record.instant,
    result,
    ...(approval === undefined ? {} : { approval }),
  };
}

/**
 * Reads what a handoff is moved with.
 * @throws NotFound when there is no such execution, or its skill hands nothing over; IntegrityError, InvalidInput when an artifact
 * is not what it was.
 */
export async function readHandoffFile(runtime: Runtime, executionId: string): Promise<HandoffFile> {
  const record = await readExecution(runtime, executionId);
  const [context, stages, directory] = await Promise.all([
    loadContext(runtime, record),
    readStages(runtime, executionId),
    currentDirectory(runtime),
  ]);
  const { skill } = context;
  if (skill.handoff === undefined) throw new NotFound(`The skill ${skill.name} hands nothing over.`);
  return { record, skill, protocol: skill.handoff, case: caseOf(context, record, stages), directory };
}

/** Where and how somebody is reached, by the directory in force; `undefined` for who has left or is not known to it. */
export function contactOf(
  directory: LoadedDirectory,
  personId: string,
  at: Instant,
): { readonly name: string; readonly address: string; readonly timeZone: string } | undefined {
  const person = directory.person(personId);
  if (person === undefined || !isEmployed(person, at)) return undefined;
  return { name: person.name, address: person.email, timeZone: person.timeZone };
}

/** The name of a person, or the id or principal of somebody whom the directory does not know. */
export function nameOf(directory: LoadedDirectory, who: string): string {
  return who === 'system' ? 'The system' : (directory.person(who)?.name ?? who);
}
