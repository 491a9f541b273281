import { readFileSync } from 'node:fs';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import type { LoadedDirectory } from '../../../lib/core/directory/loaded.ts';
import { importAccountsCsv } from '../../../lib/core/directory/read-files.ts';
import type { Person } from '../../../lib/core/directory/schema.ts';
import { parseYaml } from '../../../lib/core/yaml.ts';
import { type ApprovalPolicy, loadPolicy } from '../../../lib/engines/approval-routing/policy.ts';
import { type ApprovalRequest, parseRequest } from '../../../lib/engines/approval-routing/request.ts';
import { type RoutingResult, routeApproval } from '../../../lib/engines/approval-routing/route.ts';

export const skillFolder = new URL(
  '../../../skills/human-approval-routing-for-sales-and-client-success/',
  import.meta.url,
);

const read = (file: string): string => readFileSync(new URL(file, skillFolder), 'utf8');

/** The directory that the skill ships with. */
export function referenceDirectory(): LoadedDirectory {
  return loadDirectory({
    ...(parseYaml(read('reference/directory.yaml'), 'directory.yaml') as object),
    accounts: importAccountsCsv(read('reference/accounts.csv')),
  });
}

/** The document of the policy that the skill ships with. */
export function referencePolicyDocument(): unknown {
  return parseYaml(read('policy.yaml'), 'policy.yaml');
}

export const NOON = '2026-11-25T12:00:00.000Z';

type PersonLike = Partial<Person> & { id: string };

const week = Object.fromEntries(
  ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((day) => [day, ['09:00-17:00']]),
);

/**
 * A small company: `top` above `mid` above `low` (who asks) and `peer`; `owner` owns the account, under `head` under `top`;
 * `x`, `y` and `z` share the role `reviewer` under `top`.
 */
export function smallDirectory(
  over: { people?: readonly PersonLike[]; delegations?: readonly object[]; roles?: readonly string[] } = {},
): LoadedDirectory {
  const base: PersonLike[] = [
    { id: 'top', limits: [{ currency: 'EUR', minorUnits: 100_000_000 }] },
    { id: 'mid', manager: 'top', limits: [{ currency: 'EUR', minorUnits: 5_000_000 }] },
    { id: 'low', manager: 'mid' },
    { id: 'peer', manager: 'mid' },
    { id: 'head', manager: 'top' },
    { id: 'owner', manager: 'head' },
    { id: 'x', manager: 'top', roles: ['reviewer'] },
    { id: 'y', manager: 'top', roles: ['reviewer'] },
    { id: 'z', manager: 'top', roles: ['reviewer'] },
  ];
  const changes = new Map((over.people ?? []).map((person) => [person.id, person]));
  const added = (over.people ?? []).filter(({ id }) => !base.some((person) => person.id === id));
  const people = [...base.map((person) => ({ ...person, ...changes.get(person.id) })), ...added];
  return loadDirectory({
    schema: 'countersign/directory/1',
    version: '1',
    calendars: [{ id: 'office', name: 'Office', week }],
    roles: ['reviewer', ...(over.roles ?? [])].map((id) => ({ id, name: id })),
    people: people.map((person) => ({
      name: person.id.toUpperCase(),
      email: `${person.id}@small.test`,
      timeZone: 'Europe/Berlin',
      calendar: 'office',
      ...person,
    })),
    delegations: (over.delegations ?? []).map((delegation, index) => ({
      id: `d${index + 1}`,
      start: '2026-01-01T00:00:00Z',
      end: '2028-01-01T00:00:00Z',
      createdAt: '2025-12-01T00:00:00Z',
      createdBy: (delegation as { from: string }).from,
      ...delegation,
    })),
    accounts: [
      {
        id: 'acme',
        name: 'Acme',
        segment: 'mid-market',
        region: 'emea',
        recordOwner: 'owner',
        annualRecurringRevenue: { currency: 'EUR', minorUnits: 1_000_000 },
        churnRisk: 1_000,
      },
    ],
  });
}

/** A request for Acme by which the figures agree: one line at 100.00 a piece. */
export function smallRequest(
  over: { pieces?: number; discount?: number; currency?: string } & Partial<ApprovalRequest> = {},
) {
  const { pieces = 10, discount = 0, currency = 'EUR', ...rest } = over;
  const money = (minorUnits: number) => ({ currency, minorUnits });
  const net = 10_000 - discount;
  return {
    kind: 'discount',
    account: {
      id: 'acme',
      name: 'Acme',
      segment: 'mid-market',
      region: 'emea',
      annualRecurringRevenue: money(1_000_000),
      churnRiskBasisPoints: 1_000,
    },
    recordOwner: 'owner',
    amount: money(pieces * net),
    discountBasisPoints: discount,
    marginBasisPoints: 4_000,
    termMonths: 12,
    paymentDays: 30,
    lineItems: [
      {
        lineId: 'L1',
        product: 'Widget',
        quantity: pieces,
        listPrice: money(10_000),
        netPrice: money(net),
        discountBasisPoints: discount,
      },
    ],
    justification: 'Because.',
    ...rest,
  };
}

interface PolicyParts {
  readonly levels?: readonly object[];
  readonly rules?: readonly object[];
  readonly [part: string]: unknown;
}

/** A policy with a level `review` (any reviewer), and one rule that always asks for it, unless told otherwise. */
export function smallPolicyDocument(parts: PolicyParts = {}): object {
  const {
    levels = [level('review', {})],
    rules = [rule('always', undefined, { require: ['review'] })],
    ...rest
  } = parts;
  const ids = levels.map((each) => (each as { id: string }).id);
  return {
    schema: 'countersign/approval-policy/1',
    version: '1.0.0',
    name: 'Small',
    fallbackLevel: ids[0],
    levels,
    rules,
    ...rest,
  };
}

export function smallPolicy(parts: PolicyParts = {}, directory?: LoadedDirectory): ApprovalPolicy {
  return loadPolicy(smallPolicyDocument(parts), directory);
}

export function level(id: string, over: object): object {
  return {
    id,
    name: id,
    order: 10,
    approvers: [{ role: 'reviewer' }],
    quorum: 'any',
    serviceLevelBusinessHours: 8,
    ...over,
  };
}

export function rule(id: string, when: object | undefined, then: object): object {
  return { id, name: id, owner: 'somebody', ...(when === undefined ? {} : { when }), then };
}

interface Asked {
  readonly request?: unknown;
  readonly policy?: ApprovalPolicy;
  readonly directory?: LoadedDirectory;
  readonly requester?: string;
  readonly at?: string;
}

/** Routes a request in the small company. */
export function ask({ request, policy, directory, requester = 'low', at = NOON }: Asked = {}): RoutingResult {
  return routeApproval({
    request: parseRequest(request ?? smallRequest()),
    policy: policy ?? smallPolicy(),
    directory: directory ?? smallDirectory(),
    requester,
    instant: at,
  });
}

/** The plan in short: stage by stage, level by level, `id required/approver,approver`. */
export function shortPlan(result: RoutingResult): string[][] {
  return (result.plan?.stages ?? []).map(({ levels }) =>
    levels.map(
      ({ levelId, required, seats }) => `${levelId} ${required}/${seats.map(({ approver }) => approver).join(',')}`,
    ),
  );
}
