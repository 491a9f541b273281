import type { LoadedDirectory } from '../../../core/directory/loaded.ts';
import { InvalidInput, type Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import { parseWith } from '../../../core/zod-problems.ts';
import type { Level } from '../../approval-routing/approval-policy.ts';
import { lintPeople } from '../../approval-routing/lint-people.ts';
import { type Contract, loadContract } from '../contract.ts';
import { lintPolicy } from './lint-policy.ts';
import { type Party, type PolicyDocument, policyDocument } from './policy-document.ts';
import { byVersion } from './versions.ts';

/** A handoff policy, read and checked, with its contracts compiled. */
export interface HandoffPolicy {
  readonly document: PolicyDocument;
  /** In order of id, then of version, the newest last. */
  readonly contracts: readonly Contract[];
  /** By order, then by id. */
  readonly levels: readonly Level[];
  readonly party: (id: string) => Party | undefined;
  readonly contract: (id: string, version: string) => Contract | undefined;
  /** The newest version of a contract. */
  readonly newest: (id: string) => Contract | undefined;
}

/** Whether a configuration says of itself that it is a handoff policy. */
export function isHandoffPolicy(value: unknown): boolean {
  return parseName.safeParse(value).success;
}
const parseName = policyDocument.pick({ schema: true }).loose();

/** Contracts that were compiled before, by the very object they were read from and the directory they were held against. */
const compiled = new WeakMap<LoadedDirectory, Map<string, Contract>>();

function loadKnown(value: unknown, directory: LoadedDirectory): Contract {
  const known = compiled.get(directory) ?? new Map<string, Contract>();
  compiled.set(directory, known);
  const key = JSON.stringify(value);
  const found = known.get(key) ?? loadContract(value, directory);
  known.set(key, found);
  return found;
}

/** No level of this policy goes by an amount; its document says so. */
function withoutAmount({ mailCodeAbove: _, ...level }: PolicyDocument['levels'][number]): Level {
  return level;
}

/**
 * Reads a handoff policy and checks it against the directory: its own references, people and roles, every contract.
 * @throws InvalidInput with every problem by JSON Pointer.
 */
export function loadHandoffPolicy(value: unknown, directory: LoadedDirectory): HandoffPolicy {
  const document = parseWith(policyDocument, value, 'The handoff policy');
  const problems: Problem[] = [];
  const contracts = document.contracts.flatMap((each, index): Contract[] => {
    try {
      return [loadKnown(each, directory)];
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      problems.push(
        ...error.problems.map((problem) => ({ ...problem, pointer: pointer('/contracts', index) + problem.pointer })),
      );
      return [];
    }
  });
  const people = lintPeople(document, directory)
    .filter(({ severity }) => severity === 'error')
    .map(({ severity: _, ...problem }) => problem);
  problems.push(...lintPolicy(document, contracts, directory), ...people);
  if (problems.length > 0) throw new InvalidInput(`The handoff policy has ${problems.length} problem(s).`, problems);
  const parties = new Map(document.parties.map((each) => [each.id, each]));
  const sorted = contracts.toSorted(({ document: a }, { document: b }) =>
    a.id === b.id ? byVersion(a.version, b.version) : a.id < b.id ? -1 : 1,
  );
  return {
    document,
    contracts: sorted,
    levels: document.levels.map(withoutAmount).toSorted((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1)),
    party: (id) => parties.get(id),
    contract: (id, version) => sorted.find(({ document: each }) => each.id === id && each.version === version),
    newest: (id) => sorted.findLast(({ document: each }) => each.id === id),
  };
}
