import { ZenDecisionContent, ZenEngine } from '@gorules/zen-engine';
import type { Comparison } from '../../../lib/engines/approval-routing/comparison.ts';
import { type Facts, type FieldId, fieldOf } from '../../../lib/engines/approval-routing/fields.ts';
import type { ApprovalPolicy, Rule } from '../../../lib/engines/approval-routing/policy.ts';
import {
  currencyOf,
  type Deed,
  deedsOf,
  fieldsOf,
  inBatches,
  type JudgeAll,
  plainFacts,
  plainName,
  plainValue,
  verdictOf,
} from './contender.ts';

const SIGNS: Readonly<Record<string, string>> = { eq: '==', ne: '!=', lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** A comparison as a cell of the table: a unary test of ZEN's expression language, about the column's field. */
function cellOf({ field, is, expected }: Comparison, policy: ApprovalPolicy, currency: string): string {
  const value = JSON.stringify(plainValue(expected, policy, currency));
  if (fieldOf(field).type === 'texts') return `${is === 'in' ? 'some' : 'none'}($, # in ${value})`;
  if (is === 'in') return `in ${value}`;
  return is === 'notIn' ? `not in ${value}` : `${SIGNS[is]} ${value}`;
}

/** A rule as rows: one row is a conjunction, so each thing under `any` takes a row of its own. */
function rowsOf({ id, all, any }: Rule, policy: ApprovalPolicy, columns: readonly FieldId[]): Record<string, string>[] {
  const currency = currencyOf(policy);
  const conjunctions = any.length === 0 ? [all] : any.map((one) => [...all, one]);
  return conjunctions.map((comparisons, index) => {
    const cells = columns.map((field) => {
      const tests = comparisons.filter((each) => each.field === field).map((each) => cellOf(each, policy, currency));
      if (tests.length > 1) throw new RangeError(`The rule "${id}" compares ${field} twice; a cell holds one test.`);
      return [plainName(field), tests[0] ?? ''];
    });
    return { _id: `${id}-${index}`, ...Object.fromEntries(cells), rule: JSON.stringify(id) };
  });
}

/** The policy's rules as one decision table that collects every row that matches. */
function tableOf(policy: ApprovalPolicy): object {
  const columns = fieldsOf(policy);
  const at = { position: { x: 0, y: 0 } };
  const content = {
    hitPolicy: 'collect',
    inputs: columns.map((field) => ({
      id: plainName(field),
      name: field,
      field: plainName(field),
      type: 'expression',
    })),
    outputs: [{ id: 'rule', name: 'Rule', field: 'rule', type: 'expression' }],
    rules: policy.rules.flatMap((rule) => rowsOf(rule, policy, columns)),
  };
  return {
    nodes: [
      { id: 'request', name: 'request', type: 'inputNode', ...at },
      { id: 'rules', name: 'rules', type: 'decisionTableNode', ...at, content },
      { id: 'answer', name: 'answer', type: 'outputNode', ...at },
    ],
    edges: [
      { id: 'in', sourceId: 'request', targetId: 'rules', type: 'edge' },
      { id: 'out', sourceId: 'rules', targetId: 'answer', type: 'edge' },
    ],
  };
}

/** The same rules as a decision table of GoRules ZEN, which runs compiled Rust on threads of its own. */
export function zenEngine(policy: ApprovalPolicy, facts: readonly Facts[]): JudgeAll {
  const decision = new ZenEngine().createDecision(new ZenDecisionContent(tableOf(policy)));
  const deeds = new Map<string, Deed>(deedsOf(policy).map((deed) => [deed.rule, deed]));
  const inputs = facts.map((each) => plainFacts(each, policy));
  return () =>
    inBatches(inputs, async (input) => {
      const { result } = (await decision.evaluate(input)) as { result: readonly { rule: string }[] };
      return verdictOf(result.flatMap(({ rule }) => deeds.get(rule) ?? []));
    });
}
