import { expect, it } from 'vitest';
import { digestOf } from '../../../lib/core/digest.ts';
import type { Json } from '../../../lib/core/json.ts';
import { keptApprovals, type SentBack, type Submission } from '../../../lib/platform/approvals/carry-over.ts';
import type { ScopedRequest } from '../../../lib/platform/contracts/envelope.ts';
import { caseOf, decide, directoryOf, exampleOf, marketing, NOW, thrownBy, Walk } from './player.ts';

type Draft = { [name: string]: Json };

const story = () => exampleOf(marketing, '55');
const again = (): Draft => story().followUps[0]!.request.input as Draft;
const value = (input: Draft): Draft => (input.payload as { value: Draft }).value;

async function submission(input: Draft, executionId: string, more: object = {}): Promise<Submission> {
  const result = await decide(marketing, input, 'louis.lambert');
  const record = {
    executionId,
    skill: marketing.name,
    accountId: 'campaign-raincape',
    requester: { personId: 'louis.lambert', caller: 'louis.lambert' },
    promoted: digestOf('policy'),
    ...more,
  };
  const request = { input, acceptanceCriteria: [], consumer: 'operator' } as unknown as ScopedRequest;
  return { record, request, result } as Submission;
}

/** The first request, approved by legal and sent back by brand. */
async function sentBack(): Promise<SentBack> {
  const first = await submission(story().request.input as Draft, 'ex-first', { outcome: 'changes-requested' });
  const levels = first.result.plan!.stages[0]!.levels.map(({ levelId, seats }) => ({
    levelId,
    seats: seats.map((seat) => ({
      ...seat,
      ...(seat.approver === 'priya.menon' || seat.approver === 'anouk.dubois'
        ? {
            decision: {
              action: seat.approver === 'priya.menon' ? 'approve' : 'request-changes',
              comment: 'One column, please.',
              at: NOW,
              round: 1,
              assurance: 'link',
              termsDigest: digestOf(first.result.terms),
            },
          }
        : {}),
    })),
  }));
  return { ...first, stages: [{ kind: 'approval', levels }] } as unknown as SentBack;
}

async function keptOf(input: Draft): Promise<string[]> {
  const earlier = await sentBack();
  const now = await submission(input, 'ex-second', { resubmits: 'ex-first' });
  return now.result.plan!.stages[0]!.levels.flatMap((level) =>
    keptApprovals(earlier, now, directoryOf(marketing), level, '2026-11-19T10:00:00.000Z').map(
      ({ approver }) => `${level.levelId} ${approver}`,
    ),
  );
}

it('keeps the approval of the same content, and asks again where somebody was not content', async () => {
  expect(await keptOf(again())).toEqual(['legal-approval priya.menon']);
  const keys = again();
  (keys.payload as Draft).value = Object.fromEntries(Object.entries(value(again())).reverse());
  expect(await keptOf(keys)).toEqual(['legal-approval priya.menon']);
});

it.each<[string, (input: Draft) => void]>([
  ['a word of the content', (input) => Object.assign(value(input), { headline: 'Nine hours of rain. Not a drop.' })],
  [
    'the order of the text',
    (input) => Object.assign(value(input), { body: (value(input).body as Json[]).toReversed() }),
  ],
  [
    'a claim',
    (input) =>
      Object.assign((value(input).publication as { claims: Draft[] }).claims[0]!, {
        says: 'Stays dry for nine hours.',
      }),
  ],
  [
    'an asset',
    (input) =>
      Object.assign((value(input).publication as { assets: Draft[] }).assets[0]!, {
        digest: digestOf('another picture'),
      }),
  ],
  [
    'the time of publication',
    (input) => Object.assign(value(input).publication as Draft, { publishAt: '2027-01-15T09:00:00Z' }),
  ],
  [
    'the proof of a claim',
    (input) => Object.assign((input.evidence as Draft[])[1]!, { digest: digestOf('another report') }),
  ],
])('asks everybody again after %s has changed', async (_, edit) => {
  const input = again();
  edit(input);
  expect(await keptOf(input)).toEqual([]);
});

it('binds the approval to the content that is offered: approved content cannot be exchanged afterwards', async () => {
  const input = again();
  const result = await decide(marketing, input, 'louis.lambert');
  const file = caseOf(marketing, input, 'louis.lambert', result);
  expect(new Walk(file).state).toBe('offered');
  const edited = again();
  Object.assign(value(edited), { headline: 'Nine hours of rain.' });
  const swapped = { ...file, input: marketing.input.parse(edited) };
  expect(thrownBy(() => new Walk(swapped)).problems.map(({ code }) => code)).toContain('other-payload');
});
