import type { LoadedDirectory } from '../../../core/directory/loaded.ts';
import type { Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import type { Contract } from '../contract.ts';
import type { PolicyDocument } from './policy-document.ts';

function problem(at: string, code: string, message: string, mend: string): Problem {
  return { pointer: at, code, message, mend };
}

function doubles(keys: readonly string[], at: (index: number) => string, what: string): Problem[] {
  return keys.flatMap((key, index) =>
    keys.indexOf(key) === index
      ? []
      : [problem(at(index), 'duplicate-id', `${what} "${key}" stands twice.`, 'Name each once.')],
  );
}

function lintIds(document: PolicyDocument, contracts: readonly Contract[]): Problem[] {
  const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);
  return [
    ...doubles(ids(document.parties), (i) => pointer('/parties', i, 'id'), 'The party'),
    ...doubles(ids(document.chains), (i) => pointer('/chains', i, 'id'), 'The chain'),
    ...doubles(ids(document.approvals), (i) => pointer('/approvals', i, 'id'), 'The approval policy'),
    ...doubles(ids(document.levels), (i) => pointer('/levels', i, 'id'), 'The level'),
    ...doubles(
      contracts.map(({ document: each }) => `${each.id} ${each.version}`),
      (i) => pointer('/contracts', i),
      'The contract',
    ),
  ];
}

function lintLevels(document: PolicyDocument): Problem[] {
  const known = new Set(document.levels.map(({ id }) => id));
  const named = [
    ...document.approvals.flatMap((each, i) => [
      ...each.always.map((id, n) => ({ id, at: pointer('/approvals', i, 'always', n) })),
      ...each.whenRiskAtLeast.flatMap(({ levels }, r) =>
        levels.map((id, n) => ({ id, at: pointer('/approvals', i, 'whenRiskAtLeast', r, 'levels', n) })),
      ),
    ]),
    ...(['always', 'whenBreaking'] as const).flatMap((list) =>
      document.changes[list].map((id, n) => ({ id, at: pointer('/changes', list, n) })),
    ),
  ];
  return named.flatMap(({ id, at }) =>
    known.has(id)
      ? []
      : [problem(at, 'unknown-level', `The level "${id}" is not declared.`, `Use one of: ${[...known].join(', ')}.`)],
  );
}

function lintParties({ parties }: PolicyDocument, directory: LoadedDirectory): Problem[] {
  const roles = new Set(directory.snapshot.roles.map(({ id }) => id));
  return parties.flatMap(({ id, role, systems }, index) => [
    ...(role !== undefined && !roles.has(role)
      ? [
          problem(
            pointer('/parties', index, 'role'),
            'unknown-role',
            `The directory knows no role "${role}".`,
            'Name a role of the directory.',
          ),
        ]
      : []),
    ...(role === undefined && systems.length === 0
      ? [
          problem(
            pointer('/parties', index),
            'nobody-acts',
            `Nobody can act for the party "${id}".`,
            'Give it a role, or systems.',
          ),
        ]
      : []),
  ]);
}

/** Contracts and the rest of the policy have to know each other: consumers are parties, approvals exist and ask somebody. */
function lintContracts(
  document: PolicyDocument,
  contracts: readonly Contract[],
  directory: LoadedDirectory,
): Problem[] {
  const parties = new Map(document.parties.map((each) => [each.id, each]));
  return contracts.flatMap(({ document: contract }, index) => {
    const at = pointer('/contracts', index);
    const { approval } = contract;
    const asked = document.approvals.find(({ id }) => id === approval?.policy);
    return [
      ...(contract.domain === document.domain
        ? []
        : [
            problem(
              `${at}/domain`,
              'other-domain',
              `The policy is for ${document.domain}.`,
              'Keep contracts of another domain in its own policy.',
            ),
          ]),
      ...contract.consumers.flatMap(({ id }, n) =>
        parties.has(id)
          ? []
          : [
              problem(
                pointer(at, 'consumers', n, 'id'),
                'unknown-party',
                `"${id}" is no party of the policy.`,
                'Declare it under parties.',
              ),
            ],
      ),
      ...(approval !== undefined && asked === undefined
        ? [
            problem(
              `${at}/approval/policy`,
              'unknown-approval',
              `There is no approval policy "${approval.policy}".`,
              'Declare it under approvals.',
            ),
          ]
        : []),
      ...(approval?.always === true && asked !== undefined && asked.always.length === 0
        ? [
            problem(
              `${at}/approval/always`,
              'nobody-approves',
              `The approval policy "${approval.policy}" asks nobody always.`,
              'Name levels under "always".',
            ),
          ]
        : []),
      ...contract.acceptance.flatMap((criterion, n) => {
        if (criterion.by !== 'role' || criterion.at !== 'acceptance') return [];
        const roles = contract.consumers.map(({ id, role }) => role ?? parties.get(id)?.role);
        const can = directory
          .membersOf(criterion.role)
          .some((person) => roles.some((role) => role !== undefined && person.roles.includes(role)));
        if (can) return [];
        const message = `Nobody who may accept holds the role "${criterion.role}", so "${criterion.id}" can never hold.`;
        return [
          problem(
            pointer(at, 'acceptance', n, 'role'),
            'criterion-nobody-can-say',
            message,
            'Ask a role of the consumer.',
          ),
        ];
      }),
    ];
  });
}

function lintChains({ chains, parties }: PolicyDocument, contracts: readonly Contract[]): Problem[] {
  const known = new Set(parties.map(({ id }) => id));
  return chains.flatMap(({ hops }, index) =>
    hops.flatMap(({ contract, from, to }, n) => {
      const at = pointer('/chains', index, 'hops', n);
      const versions = contracts.filter(({ document }) => document.id === contract);
      const consumes = versions.some(({ document }) => document.consumers.some(({ id }) => id === to));
      const before = hops[n - 1];
      return [
        ...(versions.length === 0
          ? [
              problem(
                `${at}/contract`,
                'unknown-contract',
                `There is no contract "${contract}".`,
                'Name one of the contracts.',
              ),
            ]
          : consumes
            ? []
            : [
                problem(
                  `${at}/to`,
                  'undeclared-consumer',
                  `"${to}" is no consumer of ${contract}.`,
                  'Name a declared consumer.',
                ),
              ]),
        ...(known.has(from)
          ? []
          : [
              problem(
                `${at}/from`,
                'unknown-party',
                `"${from}" is no party of the policy.`,
                'Declare it under parties.',
              ),
            ]),
        ...(before === undefined || before.to === from
          ? []
          : [
              problem(
                `${at}/from`,
                'broken-chain',
                `The hop before ends at "${before.to}".`,
                'Let each hop begin where the one before ended.',
              ),
            ]),
      ];
    }),
  );
}

/** What is wrong with a policy beside its shape and its contracts: references that lead nowhere, parties that nobody acts for. */
export function lintPolicy(
  document: PolicyDocument,
  contracts: readonly Contract[],
  directory: LoadedDirectory,
): Problem[] {
  const whole = contracts.length === document.contracts.length;
  return [
    ...lintIds(document, contracts),
    ...lintLevels(document),
    ...lintParties(document, directory),
    // With a contract that cannot be read, indices and names would mislead.
    ...(whole ? [...lintContracts(document, contracts, directory), ...lintChains(document, contracts)] : []),
  ];
}
