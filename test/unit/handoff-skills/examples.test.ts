import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../lib/core/digest.ts';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { handoffProtocol } from '../../../lib/engines/handoff/protocol/protocol.ts';
import type { Example } from '../../../lib/platform/examples.ts';
import { parseSkillResult } from '../../../lib/platform/executions/skill-result-schema.ts';
import {
  type ContractingSkill,
  caseOf,
  decide,
  decideRewritten,
  examplesOf,
  handedOver,
  marketing,
  planOf,
  support,
  Walk,
} from './player.ts';

type Story = Pick<Example, 'requester' | 'request' | 'decisions' | 'handoff' | 'expected'>;

/** Plays one request of a story in memory, and answers the handoff that came of it. */
async function play(skill: ContractingSkill, story: Story, before?: Walk): Promise<Walk | undefined> {
  const input = { ...(story.request.input as object), ...(before === undefined ? {} : { previous: before.document }) };
  const result = await decide(
    skill,
    input,
    story.requester,
    undefined,
    before === undefined ? undefined : handedOver(before),
  ).catch((error: unknown) => {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  });
  if (result === undefined) {
    expect(story.expected.outcome).toBe('blocked');
    return undefined;
  }
  expect(parseSkillResult(JSON.parse(JSON.stringify(result)))).toEqual(result);
  expect(planOf(result)).toHaveLength(story.expected.levels);
  if (story.expected.outcome === 'blocked') {
    expect(result.verdict).toBe('block');
    expect(result.reasons).not.toEqual([]);
    return undefined;
  }
  expect(result.reasons).toEqual([]);
  const seats =
    result.plan?.stages.flatMap(({ levels }) =>
      levels.flatMap((level) => level.seats.map(({ approver }) => approver)),
    ) ?? [];
  for (const { approver } of story.decisions) expect(seats).toContain(approver);
  if (story.decisions.some(({ action }) => action !== 'approve') || !handoffProtocol.handsOver(result))
    return undefined;
  const walk = new Walk(caseOf(skill, input, story.requester, result));
  walk.play(story.handoff);
  expect(walk.next).toMatchObject({ outcome: story.expected.outcome });
  expect(handoffProtocol.verify(walk.file, walk.document)).toEqual([]);
  return walk;
}

describe.each([support, marketing])('the examples of $id', (skill) => {
  const examples = examplesOf(skill);

  it('are at least four, one of them with three hops', () => {
    expect(examples.length).toBeGreaterThan(4);
    expect(
      examples.filter(({ example }) => example.followUps.filter(({ as }) => as === 'next-hop').length === 2),
    ).toHaveLength(1);
  });

  it.each(examples)('$name: goes as its story says', async ({ example }) => {
    let walk = await play(skill, example);
    for (const followUp of example.followUps)
      walk = await play(skill, followUp, followUp.as === 'next-hop' ? walk : undefined);
  });

  it.each(examples)('$name: keeps the payload out of everything that is made of it', async ({ example }) => {
    const input = example.request.input as { payload?: { value: { customer?: { email: string } } } };
    const email = input.payload?.value.customer?.email;
    if (email === undefined) return;
    const result = await decide(skill, input, example.requester);
    expect(JSON.stringify(result)).not.toContain(email);
    const walk = new Walk(caseOf(skill, input, example.requester, result));
    walk.play(example.handoff);
    expect(JSON.stringify([walk.document, walk.artifacts])).not.toContain(email);
  });

  it.each(examples)('$name: is decided alike however it is written', async ({ example }) => {
    const first = await decide(skill, example.request.input, example.requester).catch((error: Error) => error.message);
    const again = await decideRewritten(skill, example.request.input, example.requester).catch(
      (error: Error) => error.message,
    );
    expect(again).toEqual(first);
    expect(digestOf(again)).toBe(digestOf(first));
  });
});
