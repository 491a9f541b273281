import { canonicalJson, type Digest, digestOfBytes } from '../../../core/digest.ts';
import type { Finding, FindingCode, Repair } from '../findings.ts';
import type { DecisionTable, Rule, Values } from '../model.ts';
import type { Confirmation } from './check.ts';
import type { Days } from './conflicts.ts';
import { contentOfRule, pathsOf } from './content.ts';
import type { Prepared, World } from './prepare.ts';

/** A finding before it is written down: rules by position, days as the day's field has them. */
export interface Draft {
  readonly code: FindingCode;
  readonly positions: readonly number[];
  readonly by: 'intervals' | 'solver';
  readonly days: Days;
  readonly message: string;
  readonly mend: string;
  readonly table?: DecisionTable;
  readonly pointer?: string;
  readonly witness?: Values;
  readonly without?: readonly { readonly position: number; readonly values: Values }[];
  readonly repair?: Repair;
  readonly confirmation: Confirmation;
}

const WARNINGS: ReadonlySet<FindingCode> = new Set([
  'redundant-rule',
  'shadowed-rule',
  'always-true',
  'always-false',
  'unreachable-value',
]);

/** Days as a period: what reaches the first or the last slice is open there. */
export function periodOf(world: World, [first, last]: Days): { from?: number; until?: number } {
  const { minimum, maximum } = world.fields[world.day] as { minimum: number; maximum: number };
  return {
    ...(first > minimum ? { from: first } : {}),
    ...(last < maximum ? { until: last + 1 } : {}),
  };
}

/** The day of a witness, where the day matters at all. */
function dayOf(world: World, witness: Values): { witnessDay?: number } {
  const field = world.fields[world.day];
  const day = witness[world.day];
  return day === undefined || field?.minimum === field?.maximum ? {} : { witnessDay: day };
}

const contents = new WeakMap<Prepared, string>();

/** A rule's form; most rules with a finding have several findings, so that it is kept. */
function contentOf(prepared: Prepared, world: World): string {
  const known = contents.get(prepared);
  if (known !== undefined) return known;
  const { rule, overriders } = prepared;
  const above = overriders.map((each) => world.rules[each]?.rule.id ?? '');
  const content = contentOfRule(rule, above, pathsOf(world));
  contents.set(prepared, content);
  return content;
}

/** The digest of what a finding says, over its canonical form: written here in the order of its keys, from rules' forms. */
function digestOfDraft(
  world: World,
  { code, table, pointer }: Draft,
  prepared: readonly Prepared[],
  period: { readonly from?: number; readonly until?: number },
): Digest {
  const parts = [
    `"code":"${code}"`,
    `"period":${canonicalJson(period)}`,
    ...(pointer === undefined ? [] : [`"pointer":${canonicalJson(pointer)}`]),
    `"rules":[${prepared.map((each) => contentOf(each, world)).join()}]`,
    ...(table === undefined ? [] : [`"table":${canonicalJson(table.id)}`]),
  ];
  return digestOfBytes(`{${parts.join()}}`);
}

function sortedUnique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

/** Writes a finding down: digest, owners and places come from the rules. */
export function findingOf(world: World, draft: Draft): Finding {
  const { code, table, pointer, witness, without, repair, message, mend } = draft;
  const prepared = draft.positions.map((position) => world.rules[position] as Prepared);
  const period = periodOf(world, draft.days);
  const input = (values: Values): Values => values.slice(0, world.day);
  const rules = prepared.map(({ index }) => index).sort((a, b) => a - b);
  const ordered = rules.map((index) => world.set.rules[index] as Rule);
  return {
    code,
    digest: digestOfDraft(world, draft, prepared, period),
    severity: WARNINGS.has(code) ? 'warning' : 'error',
    message,
    rules,
    ...(table === undefined ? {} : { table: table.id }),
    ...(pointer === undefined ? {} : { pointer }),
    ...(witness === undefined ? {} : { witness: input(witness), ...dayOf(world, witness) }),
    ...(without === undefined
      ? {}
      : {
          subsetWitnesses: without.map(({ position, values }) => ({
            without: (world.rules[position] as Prepared).index,
            values: input(values),
          })),
        }),
    period,
    owners: sortedUnique([...ordered.map(({ owner }) => owner), ...(table === undefined ? [] : [table.owner])]),
    spans: ordered.length === 0 && table !== undefined ? [table.span] : ordered.map(({ span }) => span),
    ...(repair === undefined ? {} : { repair }),
    mend,
    proof: { by: draft.by, checks: draft.confirmation.checks },
  };
}

/** Names for people: `"a"`, `"a" and "b"`, `"a", "b" and "c"`. */
export function named(world: World, positions: readonly number[]): string {
  const ids = positions.map((position) => `"${world.rules[position]?.rule.id ?? ''}"`);
  return ids.length < 2 ? (ids[0] ?? '') : `${ids.slice(0, -1).join(', ')} and ${ids.at(-1) ?? ''}`;
}
