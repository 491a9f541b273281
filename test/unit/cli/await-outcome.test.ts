import { describe, expect, test } from 'vitest';
import type { ExecutionView } from '../../../lib/cli/api/countersign-api.ts';
import { NotLetIn, OutOfReach, Throttled } from '../../../lib/cli/api/errors.ts';
import { awaitOutcome } from '../../../lib/cli/await-outcome.ts';
import { waiting } from './support/aws-api.ts';

const view = (changes: Partial<ExecutionView>): ExecutionView => ({ ...(waiting as ExecutionView), ...changes });
const { waitingFor: _, ...rest } = waiting as ExecutionView;
const running: ExecutionView = { ...rest, status: 'running' };
const outputs = {} as NonNullable<ExecutionView['outputs']>;
const ended = { ...running, status: 'succeeded', outcome: 'published', outputs } satisfies ExecutionView;

/** Answers one view or error after the other, the last one again and again, on a clock that only sleeping moves. */
function script(answers: readonly (ExecutionView | Error)[], withinSeconds?: number) {
  const told: string[] = [];
  const slept: number[] = [];
  let looks = 0;
  let time = 0;
  const outcome = awaitOutcome(
    {
      execution: async () => {
        const answer = answers[Math.min(looks, answers.length - 1)]!;
        looks += 1;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    waiting.executionId,
    {
      everyMs: 2_000,
      ...(withinSeconds === undefined ? {} : { withinSeconds }),
      onProgress: (line) => told.push(line),
      sleep: async (ms) => {
        slept.push(ms);
        time += ms;
      },
      now: () => time,
    },
  );
  return { outcome, told, slept, looks: () => looks };
}

describe('waiting for an outcome', () => {
  test('tells each change once, and whom it waits for', async () => {
    const { outcome, told, slept } = script([running, running, view({}), view({}), ended]);
    expect(await outcome).toBe(ended);
    expect(told).toEqual([
      `${waiting.executionId} running`,
      `${waiting.executionId} waits in stage 1 for noah.berg (Sales manager) until 2026-11-21T09:00:00Z`,
      `${waiting.executionId} published`,
    ]);
    expect(slept).toEqual([2_000, 2_000, 2_000, 2_000]);
  });

  test('tells what the other side of a handoff is waited for', async () => {
    const waitingForHandoff = {
      handoff: 'h-1',
      state: 'in-delivery',
      awaits: 'delivery',
      title: 'Deliver',
      part: 'receiver',
      party: 'tier-2',
      people: [],
      clock: 'delivery',
      dueAt: '2026-11-21T09:00:00Z',
    } as const;
    const { outcome, told } = script([{ ...running, status: 'waiting', waitingForHandoff }, ended]);
    expect(await outcome).toBe(ended);
    expect(told[0]).toBe(`${waiting.executionId} is in-delivery and waits for tier-2 until 2026-11-21T09:00:00Z`);
  });

  test('goes on until the outputs are there', async () => {
    const { outputs: __, ...without } = ended;
    const { outcome, looks } = script([without, ended]);
    expect(await outcome).toBe(ended);
    expect(looks()).toBe(2);
  });

  test('goes on until the end is signed, so that the evidence is complete', async () => {
    const owed: ExecutionView = { ...ended, evidence: 'owed' };
    const signed: ExecutionView = { ...ended, evidence: 'signed' };
    const { outcome, looks } = script([owed, owed, signed]);
    expect(await outcome).toBe(signed);
    expect(looks()).toBe(3);
  });

  test('has the outcome after ten seconds where the key is out of reach', async () => {
    const owed: ExecutionView = { ...ended, evidence: 'owed' };
    const { outcome, slept } = script([running, owed]);
    expect(await outcome).toBe(owed);
    expect(slept).toEqual(Array(6).fill(2_000));
  });

  test('ends with the last view when the time is over, not later', async () => {
    const { outcome, slept } = script([running], 5);
    expect(await outcome).toBe(running);
    expect(slept).toEqual([2_000, 2_000, 1_000]);
  });

  test('waits as long as a throttled answer asks, a minute at most, and then goes on', async () => {
    const { outcome, slept, told } = script([new Throttled('Too many.', 30), new Throttled('Too many.', 3_600), ended]);
    expect(await outcome).toBe(ended);
    expect(slept).toEqual([30_000, 60_000]);
    expect(told[0]).toBe('Too many. Looking again in 30 s.');
  });

  test('gives up after five failures in a row, and at once where waiting does not help', async () => {
    const away = script([new OutOfReach('Nobody answers.')]);
    await expect(away.outcome).rejects.toThrow('Nobody answers.');
    expect(away.looks()).toBe(5);
    const failed = new OutOfReach('Nobody answers.');
    const blinking = script([failed, failed, failed, failed, running, failed, failed, failed, failed, ended]);
    expect(await blinking.outcome).toBe(ended);
    const expired = script([new NotLetIn('The AWS session has ended.')]);
    await expect(expired.outcome).rejects.toThrow('The AWS session has ended.');
    expect(expired.looks()).toBe(1);
  });
});
