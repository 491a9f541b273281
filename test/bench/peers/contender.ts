import { type Facts, type FieldId, type FieldValue, isMoney } from '../../../lib/engines/approval-routing/fields.ts';
import type { ApprovalPolicy } from '../../../lib/engines/approval-routing/policy.ts';

/** What the rules of a policy ask for, in the one form that all engines are compared in. Sorted. */
export interface Verdict {
  /** Ids of the rules that deny. */
  readonly denials: readonly string[];
  /** Ids of the rules that approve automatically. */
  readonly automatic: readonly string[];
  readonly levels: readonly string[];
}

/** Judges a fixed list of requests, each time anew, as quickly as an engine can. */
export type JudgeAll = () => Promise<readonly Verdict[]> | readonly Verdict[];

/** What a rule does when it fires, as plain data. */
export type Deed = { readonly rule: string } & (
  | { readonly kind: 'deny' | 'approve' }
  | { readonly kind: 'require'; readonly levels: readonly string[] }
);

/** What each rule of a policy does, in the policy's order. */
export function deedsOf(policy: ApprovalPolicy): Deed[] {
  return policy.rules.map(({ id, effect }) =>
    effect.do === 'require' ? { rule: id, kind: 'require', levels: effect.levels } : { rule: id, kind: effect.do },
  );
}

/** The verdict when some rules fired; a rule that an engine reports more than once counts once. */
export function verdictOf(fired: readonly Deed[]): Verdict {
  const of = (kind: 'deny' | 'approve') => [
    ...new Set(fired.flatMap((deed) => (deed.kind === kind ? [deed.rule] : []))),
  ];
  const levels = new Set(fired.flatMap((deed) => (deed.kind === 'require' ? deed.levels : [])));
  return { denials: of('deny').sort(), automatic: of('approve').sort(), levels: [...levels].sort() };
}

/** Minor units are counted in thousandths, so that conversion rates of three decimals keep amounts whole. */
const THOUSANDTHS = 1_000;

/** Asynchronous engines are given so many requests at once: it suits them better than one at a time. */
const AT_ONCE = 64;

/** Judges inputs in batches. */
export async function inBatches<Input>(
  inputs: readonly Input[],
  judge: (input: Input) => Promise<Verdict>,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (let start = 0; start < inputs.length; start += AT_ONCE)
    verdicts.push(...(await Promise.all(inputs.slice(start, start + AT_ONCE).map(judge))));
  return verdicts;
}

/**
 * A value as engines without currencies can take it: an amount becomes a whole number of thousandths of the minor unit of
 * the policy's currency, or `null` where the policy declares no conversion. Every comparison with `null` fails, as it must.
 * @throws RangeError when an amount does not come out whole.
 */
export function plainValue(value: FieldValue, { conversions }: ApprovalPolicy, currency: string): unknown {
  if (!isMoney(value)) return value;
  const rate =
    value.currency === currency
      ? { numerator: 1, denominator: 1 }
      : conversions.find(({ from, to }) => from === value.currency && to === currency);
  if (rate === undefined) return null;
  const plain = (value.minorUnits * rate.numerator * THOUSANDTHS) / rate.denominator;
  if (!Number.isSafeInteger(plain))
    throw new RangeError(`${value.minorUnits} ${value.currency} does not come out whole.`);
  return plain;
}

/** The facts that a policy's rules look at, as plain values. */
export function plainFacts(facts: Facts, policy: ApprovalPolicy): Record<string, unknown> {
  const currency = currencyOf(policy);
  return Object.fromEntries(
    fieldsOf(policy).map((field) => [plainName(field), plainValue(facts[field], policy, currency)]),
  );
}

/** A field's name where a point would mean a path. */
export function plainName(field: FieldId): string {
  return field.replaceAll('.', '_');
}

/** The fields that the rules of a policy look at. */
export function fieldsOf(policy: ApprovalPolicy): FieldId[] {
  return [...new Set(policy.rules.flatMap(({ all, any }) => [...all, ...any].map(({ field }) => field)))];
}

/** The one currency in which the policy states its thresholds. @throws RangeError when there are several. */
export function currencyOf(policy: ApprovalPolicy): string {
  const comparisons = policy.rules.flatMap(({ all, any }) => [...all, ...any]);
  const currencies = new Set(comparisons.flatMap(({ expected }) => (isMoney(expected) ? [expected.currency] : [])));
  const [currency, ...others] = currencies;
  if (currency === undefined || others.length > 0) throw new RangeError('The policy has no one currency.');
  return currency;
}
