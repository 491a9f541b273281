import { describe, expect, it } from 'vitest';
import type { Link } from '../../../lib/platform/approvals/link.ts';
import { linkStanding } from '../../../lib/platform/approvals/link-standing.ts';
import type { Seat, Stage } from '../../../lib/platform/approvals/stage.ts';
import { at, digest, level, seat, stage } from './fixture.ts';

const live = { linkId: 'mine', mintedAt: at, expiresAt: '2026-11-20T12:00:00.000Z' };
const newer = { linkId: 'newer', mintedAt: '2026-11-20T10:00:00.000Z', expiresAt: '2026-11-20T12:30:00.000Z' };

const link: Link = {
  linkId: 'mine',
  version: 1,
  secretHash: '',
  executionId: 'e-1',
  stage: 1,
  round: 1,
  seatId: 'a.1',
  approver: 'person-a.1',
  termsDigest: digest,
  mintedAt: live.mintedAt,
  expiresAt: live.expiresAt,
  visits: [],
};

const stageWith = (change: Partial<Seat>, more: Partial<Stage> = {}): Stage =>
  stage([level('a', [seat('a.1', { liveLinks: [live], ...change })], 1)], more);
const decision = {
  decisionId: 'd',
  action: 'approve',
  comment: '',
  at,
  round: 1,
  assurance: 'link',
  termsDigest: digest,
} as const;
const freshLink = { mailId: 'm', kind: 'fresh-link', seatId: 'a.1', attempts: 0, notBefore: at } as const;

describe('the standing of a link', () => {
  it.each<[string, Stage, Partial<Link>, string, string]>([
    ['open until it expires', stageWith({}), {}, '2026-11-20T11:59:59.999Z', 'open'],
    ['expired from then on', stageWith({}), {}, '2026-11-20T12:00:00.000Z', 'expired'],
    ['too late from the level’s deadline on', stageWith({}), {}, '2026-11-20T13:00:00.000Z', 'too-late'],
    ['open beside a newer one', stageWith({ liveLinks: [live, newer] }), {}, at, 'open'],
    ['superseded when only a newer one lives', stageWith({ liveLinks: [newer] }), {}, at, 'superseded'],
    [
      'superseded when it expires before the newer one',
      stageWith({ liveLinks: [live, newer] }),
      {},
      live.expiresAt,
      'superseded',
    ],
    ['expired when the newer one has expired too', stageWith({ liveLinks: [newer] }), {}, newer.expiresAt, 'expired'],
    [
      'being mailed while a new link is owed',
      stageWith({ liveLinks: [] }, { pendingMails: [freshLink] }),
      {},
      at,
      'being-mailed',
    ],
    ['dead in a later round', stageWith({}, { round: 2 }), {}, at, 'expired'],
    [
      'decided, whatever came later',
      stageWith({ standing: 'decided', decision }, { outcome: 'withdrawn' }),
      {},
      at,
      'decided',
    ],
    ['closed with its seat', stageWith({ standing: 'closed' }), {}, at, 'closed'],
    ['bound to the terms', stageWith({}), { termsDigest: `sha256:${'b'.repeat(64)}` }, at, 'terms-changed'],
    ['bound to the approver', stageWith({ approver: 'somebody' }), {}, at, 'reassigned'],
  ])('is %s', (_, current, change, now, standing) => {
    expect(linkStanding(current, { ...link, ...change }, now).standing).toBe(standing);
  });

  it('tells the holder’s own decision from that of somebody else in the seat', () => {
    const decided = stageWith({ standing: 'decided', decision });
    expect(linkStanding(decided, link, at)).toMatchObject({ own: true });
    expect(linkStanding(decided, { ...link, approver: 'somebody' }, at)).toMatchObject({ own: false });
  });
});
