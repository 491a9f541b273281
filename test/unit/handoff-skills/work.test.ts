import { expect, test } from 'vitest';
import { workRule } from '../../../lib/engines/handoff/protocol/work.ts';
import type { ContractingRequest } from '../../../lib/engines/handoff/request/input.ts';
import { type ContractingSkill, exampleOf, marketing, policyOf, support } from './player.ts';

function namesOf(skill: ContractingSkill, number: string, change: (input: ContractingRequest) => object = (i) => i) {
  const input = skill.input.parse(exampleOf(skill, number).request.input);
  return workRule.names(skill.input.parse(change(input)), policyOf(skill)).map(({ kind, value }) => `${kind} ${value}`);
}

test('work is known by its thread and by the first identifier that the receiver reads back', () => {
  expect(namesOf(support, '41')).toEqual(['thread t-204117', 'subject /ticket INC-204117']);
  const input = support.input.parse(exampleOf(support, '41').request.input);
  expect(workRule.names(input)).toEqual([{ kind: 'thread', value: 't-204117', pointer: '/input/thread' }]);
});

test('a campaign has no identifier, and a contract is no work', () => {
  expect(namesOf(marketing, '52')).toEqual(['thread campaign-coat']);
  expect(namesOf(support, '48')).toEqual([]);
});

test('a subject that is not there, or was erased, names nothing', () => {
  const erased = {
    schema: 'countersign/erasure/1',
    digest: `sha256:${'1'.repeat(64)}`,
    at: '2026-11-18T09:00:00Z',
    by: 'helena.brandt',
    reason: 'data-subject-request',
  };
  expect(namesOf(support, '41', (input) => ({ ...input, payload: erased }))).toEqual(['thread t-204117']);
  expect(namesOf(support, '41', (input) => ({ ...input, payload: { value: { severity: 'high' } } }))).toEqual([
    'thread t-204117',
  ]);
});

test('what cannot be read as a handoff of contracting is under way until it has ended elsewhere', () => {
  const input = support.input.parse(exampleOf(support, '41').request.input);
  const [name] = workRule.names(input);
  const at = '2026-11-18T10:00:00.000Z';
  const codes = (last: object) =>
    workRule.conflicts(input, name!, { executionId: 'ex-9', ...last }, at).map(({ code }) => code);
  expect(codes({})).toEqual(['work-under-way']);
  expect(codes({ document: { schema: 'another/1' }, digest: `sha256:${'2'.repeat(64)}` })).toEqual([]);
});
