import { Engine, type NestedCondition, type RuleProperties } from 'json-rules-engine';
import type { Comparison } from '../../../lib/engines/approval-routing/comparison.ts';
import { type Facts, fieldOf } from '../../../lib/engines/approval-routing/fields.ts';
import type { ApprovalPolicy, Rule } from '../../../lib/engines/approval-routing/policy.ts';
import type { Operator } from '../../../lib/engines/approval-routing/policy-document.ts';
import {
  currencyOf,
  type Deed,
  deedsOf,
  inBatches,
  type JudgeAll,
  plainFacts,
  plainName,
  plainValue,
  verdictOf,
} from './contender.ts';

const OPERATORS: Readonly<Record<Operator, string>> = {
  eq: 'equal',
  ne: 'notEqual',
  lt: 'lessThan',
  lte: 'lessThanInclusive',
  gt: 'greaterThan',
  gte: 'greaterThanInclusive',
  in: 'in',
  notIn: 'notIn',
};

function conditionOf({ field, is, expected }: Comparison, policy: ApprovalPolicy, currency: string): NestedCondition {
  // A set is looked at through the library's own decorator: some of its words are in the list, or none is.
  const operator = fieldOf(field).type === 'texts' ? (is === 'in' ? 'someFact:in' : 'everyFact:notIn') : OPERATORS[is];
  return { fact: plainName(field), operator, value: plainValue(expected, policy, currency) };
}

function ruleOf({ id, all, any }: Rule, policy: ApprovalPolicy): RuleProperties {
  const currency = currencyOf(policy);
  const conditions = (comparisons: readonly Comparison[]) =>
    comparisons.map((comparison) => conditionOf(comparison, policy, currency));
  return {
    conditions: { all: [...conditions(all), ...(any.length === 0 ? [] : [{ any: conditions(any) }])] },
    event: { type: id },
  };
}

/** The same rules in json-rules-engine, which is plain JavaScript and asynchronous throughout. */
export function jsonRulesEngine(policy: ApprovalPolicy, facts: readonly Facts[]): JudgeAll {
  const engine = new Engine(policy.rules.map((rule) => ruleOf(rule, policy)));
  const deeds = new Map<string, Deed>(deedsOf(policy).map((deed) => [deed.rule, deed]));
  const inputs = facts.map((each) => plainFacts(each, policy));
  return () =>
    inBatches(inputs, async (input) => {
      const { events } = await engine.run(input);
      return verdictOf(events.flatMap(({ type }) => deeds.get(type) ?? []));
    });
}
