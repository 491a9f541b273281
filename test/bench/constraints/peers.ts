import { createRequire } from 'node:module';
import { celEnv, isCelError, parse as parseBufbuild, plan } from '@bufbuild/cel';
import { ZenDecisionContent, ZenEngine } from '@gorules/zen-engine';
import { Environment } from '@marcbachmann/cel-js';
import { LogicEngine } from 'json-logic-engine';
import { Engine, type NestedCondition } from 'json-rules-engine';
import { type Comparison, celOf, FIELDS, type Input, type PlainRule } from './rules.ts';

/** Says which rules meet an input: bit n for rule n. */
export type Judge = (input: Input) => number | Promise<number>;

function maskOf(truths: readonly unknown[]): number {
  let mask = 0;
  for (let n = 0; n < truths.length; n += 1) if (truths[n] === true) mask |= 1 << n;
  return mask;
}

function maskOfIds(ids: Iterable<string>): number {
  let mask = 0;
  for (const id of ids) mask |= 1 << Number(id.slice(1));
  return mask;
}

/** All rules as one list, compiled to one JavaScript function. */
export function jsonLogic(rules: readonly PlainRule[]): Judge {
  const one = ({ field, is, value }: Comparison) => ({ [is]: [{ var: field }, value] });
  const logic = rules.map(({ all, any }) => ({
    and: [...all.map(one), ...(any.length === 0 ? [] : [{ or: any.map(one) }])],
  }));
  const judge = new LogicEngine().build(logic) as (input: Input) => readonly unknown[];
  return (input) => maskOf(judge(input));
}

/** All rules as one list, parsed and type-checked once; numbers are doubles, which is the quickest for it. */
export function celJs(rules: readonly PlainRule[]): Judge {
  const environment = new Environment();
  for (const [name, type] of Object.entries(FIELDS))
    environment.registerVariable(name, type === 'boolean' ? 'bool' : typeof type === 'number' ? 'double' : 'string');
  const judge = environment.parse(`[${rules.map((rule) => celOf(rule, '', true)).join(', ')}]`);
  return (input) => maskOf(judge(input) as readonly unknown[]);
}

/** All rules as one list, planned once. */
export function bufbuildCel(rules: readonly PlainRule[]): Judge {
  const list = plan(celEnv({}), parseBufbuild(`[${rules.map((rule) => celOf(rule, '', true)).join(', ')}]`));
  return (input) => {
    const result = list(input as Record<string, number>);
    if (isCelError(result)) throw result;
    return maskOf([...(result as Iterable<unknown>)]);
  };
}

function cellOf({ is, value }: Comparison): string {
  if (is === 'in') return `in ${JSON.stringify(value)}`;
  return `${is} ${JSON.stringify(value)}`;
}

/** One decision table that collects every row; a rule with alternatives takes a row for each. */
export function zen(rules: readonly PlainRule[]): Judge {
  const columns = Object.keys(FIELDS);
  const rows = rules.flatMap(({ id, all, any }) =>
    (any.length === 0 ? [all] : any.map((one) => [...all, one])).map((tests, n) => {
      const cells = columns.map((field) => [
        field,
        tests
          .filter((each) => each.field === field)
          .map(cellOf)
          .join(' and '),
      ]);
      return { _id: `${id}-${n}`, ...Object.fromEntries(cells), rule: JSON.stringify(id) };
    }),
  );
  const at = { position: { x: 0, y: 0 } };
  const content = {
    hitPolicy: 'collect',
    inputs: columns.map((field) => ({ id: field, name: field, field, type: 'expression' })),
    outputs: [{ id: 'rule', name: 'Rule', field: 'rule', type: 'expression' }],
    rules: rows,
  };
  const graph = {
    nodes: [
      { id: 'input', name: 'input', type: 'inputNode', ...at },
      { id: 'rules', name: 'rules', type: 'decisionTableNode', ...at, content },
      { id: 'output', name: 'output', type: 'outputNode', ...at },
    ],
    edges: [
      { id: 'in', sourceId: 'input', targetId: 'rules', type: 'edge' },
      { id: 'out', sourceId: 'rules', targetId: 'output', type: 'edge' },
    ],
  };
  const decision = new ZenEngine().createDecision(new ZenDecisionContent(graph));
  return async (input) => {
    const { result } = (await decision.evaluate(input)) as { result: readonly { readonly rule: string }[] };
    return maskOfIds(result.map(({ rule }) => rule));
  };
}

type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');

function cedarOf({ all, any }: PlainRule): string {
  const one = ({ field, is, value }: Comparison): string => {
    if (is === 'in') return `${JSON.stringify(value)}.contains(context.${field})`;
    return typeof value === 'boolean'
      ? `${value ? '' : '!'}context.${field}`
      : `context.${field} ${is} ${JSON.stringify(value)}`;
  };
  const alternatives = any.length === 0 ? [] : [`(${any.map(one).join(' || ')})`];
  return `permit(principal, action, resource) when { ${[...all.map(one), ...alternatives].join(' && ')} };`;
}

/** Each rule a policy that permits, so that the answer names every one that is met; parsed once, called statefully. */
export function cedar(rules: readonly PlainRule[]): Judge {
  const wasm: Cedar = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs');
  const staticPolicies = Object.fromEntries(rules.map((rule) => [rule.id, cedarOf(rule)]));
  const parsed = wasm.preparsePolicySet('bench', { staticPolicies });
  if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed));
  const principal = { type: 'User', id: 'a' };
  const action = { type: 'Action', id: 'a' };
  const resource = { type: 'Deal', id: 'a' };
  return (input) => {
    const answer = wasm.statefulIsAuthorized({
      principal,
      action,
      resource,
      context: input as Record<string, number>,
      preparsedPolicySetId: 'bench',
      entities: [],
    });
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer));
    return maskOfIds(answer.response.diagnostics.reason);
  };
}

const OPERATORS = {
  '<': 'lessThan',
  '<=': 'lessThanInclusive',
  '>': 'greaterThan',
  '>=': 'greaterThanInclusive',
  '==': 'equal',
  in: 'in',
} as const;

/** One engine with a rule for each. */
export function jsonRulesEngine(rules: readonly PlainRule[]): Judge {
  const one = ({ field, is, value }: Comparison): NestedCondition => ({ fact: field, operator: OPERATORS[is], value });
  const engine = new Engine(
    rules.map(({ id, all, any }) => ({
      conditions: { all: [...all.map(one), ...(any.length === 0 ? [] : [{ any: any.map(one) }])] },
      event: { type: id },
    })),
  );
  return async (input) => maskOfIds((await engine.run(input)).events.map(({ type }) => type));
}
