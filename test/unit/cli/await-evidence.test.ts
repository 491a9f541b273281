import { expect, test } from 'vitest';
import { awaitEvidence } from '../../../lib/cli/await-evidence.ts';

const record = { executionId: 'ex-1', outcome: 'published' };
const owed = { record };
const signed = { record: { ...record, statement: { envelope: 'sha256:1', key: 'sha256:2' } } };

/** Answers one packet after the other, the last one again and again, on a clock that only sleeping moves. */
function script(packets: readonly unknown[]) {
  const told: string[] = [];
  let asked = 0;
  let time = 0;
  const packet = awaitEvidence(
    {
      evidence: async () => {
        asked += 1;
        return packets[Math.min(asked, packets.length) - 1];
      },
    },
    'ex-1',
    (line) => told.push(line),
    {
      sleep: async (ms) => {
        time += ms;
      },
      now: () => time,
    },
  );
  return { packet, told, asked: () => asked, time: () => time };
}

test('a packet that lacks the statement about its end is asked for again', async () => {
  const { packet, told, asked } = script([owed, owed, signed]);
  expect(await packet).toBe(signed);
  expect(asked()).toBe(3);
  expect(told).toEqual([]);
});

test('after ten seconds it is handed out as it is, and that is said', async () => {
  const { packet, told, time } = script([owed]);
  expect(await packet).toBe(owed);
  expect(time()).toBe(10_000);
  expect(told).toEqual([expect.stringContaining('not signed yet')]);
});

test('the packet of an execution that goes on is handed out at once, and so is what is no packet', async () => {
  for (const given of [{ record: { executionId: 'ex-1' } }, { surprise: true }]) {
    const { packet, asked } = script([given]);
    expect(await packet).toBe(given);
    expect(asked()).toBe(1);
  }
});
