import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { formatBasisPoints, formatMoney } from '../../core/money.ts';
import type { ApprovalRequest } from './request.ts';

/** A fact of the request that the directory does not bear out. */
export interface UnverifiedFact {
  readonly code: 'unknown-account' | 'contradicts-directory' | 'unknown-person';
  /** JSON Pointer into the request; to a whole set, for its order carries no meaning. */
  readonly pointer: string;
  readonly claimed: string;
  /** What the directory holds, where it holds something. */
  readonly known?: string;
  readonly message: string;
}

function accountFacts({ account, recordOwner }: ApprovalRequest, directory: LoadedDirectory): UnverifiedFact[] {
  const known = directory.account(account.id);
  if (known === undefined)
    return [
      {
        code: 'unknown-account',
        pointer: '/account/id',
        claimed: account.id,
        message: `The directory knows no account "${account.id}", so nothing about it can be verified.`,
      },
    ];
  const held: readonly [label: string, pointer: string, claimed: string, known: string][] = [
    ['name', '/account/name', account.name, known.name],
    ['segment', '/account/segment', account.segment, known.segment],
    ['region', '/account/region', account.region, known.region],
    [
      'annual recurring revenue',
      '/account/annualRecurringRevenue',
      formatMoney(account.annualRecurringRevenue),
      formatMoney(known.annualRecurringRevenue),
    ],
    [
      'churn risk',
      '/account/churnRiskBasisPoints',
      formatBasisPoints(account.churnRiskBasisPoints),
      formatBasisPoints(known.churnRisk),
    ],
    ['record owner', '/recordOwner', recordOwner, known.recordOwner],
  ];
  return held
    .filter(([, , claimed, fact]) => claimed !== fact)
    .map(([label, pointer, claimed, fact]) => ({
      code: 'contradicts-directory' as const,
      pointer,
      claimed,
      known: fact,
      message: `The request gives the account's ${label} as ${claimed}; the directory says ${fact}.`,
    }));
}

/**
 * Every fact of a request that the directory contradicts or does not know: the account's, and the people named. Any of them
 * keeps the request from being approved automatically.
 */
export function unverifiedFacts(request: ApprovalRequest, directory: LoadedDirectory): UnverifiedFact[] {
  const named = [
    { id: request.recordOwner, pointer: '/recordOwner' },
    ...(request.quoteEditors ?? []).map((id) => ({ id, pointer: '/quoteEditors' })),
  ];
  const strangers = named
    .filter(({ id }) => directory.person(id) === undefined)
    .map(({ id, pointer }) => ({
      code: 'unknown-person' as const,
      pointer,
      claimed: id,
      message: `The directory knows no person "${id}".`,
    }));
  return [...accountFacts(request, directory), ...strangers];
}
