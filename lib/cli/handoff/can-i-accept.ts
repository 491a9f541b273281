import { skills } from '#skills';
import { loadDirectory } from '../../core/directory/load.ts';
import { InvalidInput } from '../../core/errors.ts';
import { type AcceptanceMatrix, canIAccept, type InFlight } from '../../engines/handoff/can-i-accept.ts';
import { type HandoffPolicy, isHandoffPolicy, loadHandoffPolicy } from '../../engines/handoff/policy/policy.ts';
import { type AnySkill, findSkill } from '../../platform/skill/define-skill.ts';
import type { CountersignApi } from '../api/countersign-api.ts';
import { type ApiOptions, openApi } from '../api/open-api.ts';
import { EXIT } from '../exit-codes.ts';
import { readDocument } from '../read-document.ts';
import { say, sayJson } from '../say.ts';

export interface CanIAcceptOptions extends Omit<ApiOptions, 'env'> {
  /** Where handoffs under way are looked up; nobody is asked when it is left out. */
  readonly env?: string;
  /** Whose directory, and whose policy where no file is named. */
  readonly skill?: string;
  readonly directory?: string;
  readonly json?: boolean;
}

function refuse(message: string, mend: string): never {
  throw new InvalidInput(message, [{ pointer: '', code: 'invalid-value', message, mend }]);
}

const domainOf = (policy: unknown): unknown =>
  typeof policy === 'object' && policy !== null && 'domain' in policy ? policy.domain : undefined;

/** The skill that is named, or the one whose policy is for the same domain as the file's. */
function skillFor(policy: unknown, named: string | undefined): AnySkill {
  const contracting = skills.filter((skill) => isHandoffPolicy(skill.baselineConfiguration()));
  const found =
    named === undefined
      ? contracting.find((skill) => domainOf(skill.baselineConfiguration()) === domainOf(policy))
      : findSkill(contracting, named);
  return (
    found ??
    refuse(
      'No skill of handoff contracting fits.',
      `Name one with --skill: ${contracting.map(({ id }) => id).join(', ')}.`,
    )
  );
}

function policyFrom(file: string | undefined, { skill: named, directory }: CanIAcceptOptions): HandoffPolicy {
  if (file === undefined && named === undefined)
    refuse('Nothing says which policy is meant.', 'Name a policy file, or a skill with --skill.');
  const value = file === undefined ? undefined : readDocument(file);
  const skill = skillFor(value, named);
  const people = loadDirectory(directory === undefined ? skill.referenceDirectory() : readDocument(directory));
  return loadHandoffPolicy(value ?? skill.baselineConfiguration(), people);
}

/** Handoffs under way, as the queues of every party show them. */
async function underWay(api: CountersignApi, { document }: HandoffPolicy): Promise<InFlight[]> {
  const { queues } = await api.queues();
  const work = (await Promise.all(queues.map(({ party }) => api.queue(party)))).flatMap((queue) => queue.work);
  const ids = [...new Set(work.map(({ executionId }) => executionId))];
  const views = await Promise.all(ids.map((id) => api.handoff(id)));
  // Views name parties for people.
  const idOf = (name: string): string => document.parties.find((party) => party.name === name)?.id ?? name;
  const known = new Set(document.contracts.map((contract) => (contract as { readonly id: string }).id));
  return views
    .map(({ handoff: { contract, receiver } }) => ({
      contract: contract.id,
      version: contract.version,
      consumer: idOf(receiver),
    }))
    .filter(({ contract }) => known.has(contract));
}

const SHOWN = { accepts: 'yes', refuses: 'no', 'not-a-consumer': '-' } as const;

function linesOf({ policy, cells, usable, stranded }: AcceptanceMatrix, looked: boolean): string[] {
  const width = Math.max(...cells.map(({ contract }) => contract.length), 'contract'.length) + 2;
  const wide = Math.max(...cells.map(({ consumer }) => consumer.length), 'consumer'.length) + 2;
  const row = (contract: string, consumer: string, version: string, answer: string, flight: string): string =>
    `${contract.padEnd(width)}${consumer.padEnd(wide)}${version.padEnd(10)}${answer.padEnd(9)}${looked ? flight : ''}`.trimEnd();
  const none = usable.filter(({ versions }) => versions.length === 0);
  return [
    `Policy ${policy}`,
    row('contract', 'consumer', 'version', 'accepts', 'under way'),
    ...cells.map(({ contract, consumer, version, standing, inFlight }) =>
      row(contract, consumer, version, SHOWN[standing], String(inFlight)),
    ),
    ...none.map(
      ({ contract, consumer }) =>
        `Nothing can be offered to ${consumer} under ${contract}: it accepts no version that there is.`,
    ),
    ...stranded.map(
      ({ contract, consumer, version }) => `Under way, and not accepted by ${consumer}: ${contract} ${version}.`,
    ),
  ];
}

/**
 * `countersign handoff can-i-accept`: which consumer can accept which version of which contract, from a policy, and how many handoffs of
 * each are under way where an environment is named. Ends with 1 when a consumer can be offered nothing, or something is stranded.
 * @throws InvalidInput for a policy that is none; NotRunning, OutOfReach when the environment does not answer.
 */
export async function canIAcceptCommand(file: string | undefined, options: CanIAcceptOptions): Promise<void> {
  const policy = policyFrom(file, options);
  const { env } = options;
  const looked = env !== undefined || options.api !== undefined;
  const flights = looked ? await underWay((await openApi({ ...options, env: env ?? 'local' })).api, policy) : [];
  const matrix = canIAccept(policy, flights);
  if (options.json === true) sayJson(matrix);
  else say(...linesOf(matrix, looked));
  const isWhole = matrix.stranded.length === 0 && matrix.usable.every(({ versions }) => versions.length > 0);
  process.exitCode = isWhole ? EXIT.ok : EXIT.no;
}
