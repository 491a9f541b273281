import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../lib/core/digest.ts';
import { epochMilliseconds } from '../../../lib/core/instant.ts';
import type { Json } from '../../../lib/core/json.ts';
import { bouncesOf } from '../../../lib/engines/handoff/bounces.ts';
import { checkChain } from '../../../lib/engines/handoff/chain.ts';
import { IllegalTransition } from '../../../lib/engines/handoff/lifecycle.ts';
import { checkLedger } from '../../../lib/engines/handoff/obligations.ts';
import { handoffProtocol } from '../../../lib/engines/handoff/protocol/protocol.ts';
import { caseOf, codesOf, decide, exampleOf, handedOver, marketing, NOW, support, thrownBy, Walk } from './player.ts';

type Draft = { [name: string]: Json };

const READ = { 'readback/ticket': 'INC-204117', 'readback/severity': 'high' };
const DONE = { 'delivery.cause': 'found', 'done.{handoff}.tell-customer': 'Called.', because: 'Renewed the token.' };

const incident = (changes: Draft = {}): Draft => ({ ...(exampleOf(support, '41').request.input as Draft), ...changes });

async function offered(input: Draft = incident(), requester = 'tiago.rocha', before?: Walk): Promise<Walk> {
  const whole = before === undefined ? input : { ...input, previous: before.document };
  const result = await decide(
    support,
    whole,
    requester,
    before?.now ?? NOW,
    before === undefined ? undefined : handedOver(before),
  );
  expect(result.reasons).toEqual([]);
  return new Walk(caseOf(support, whole, requester, result, before?.now ?? NOW), before?.now ?? NOW);
}

async function accepted(): Promise<Walk> {
  const walk = await offered();
  walk.answer('lena.vogt', 'accept', READ);
  return walk;
}

async function closed(): Promise<Walk> {
  const walk = await accepted();
  walk.answer('lena.vogt', 'deliver', DONE);
  walk.answer('tiago.rocha', 'verify');
  return walk;
}

const promiseDue = (walk: Walk) => handoffProtocol.view(walk.file, walk.document, walk.now).promise?.dueAt;

describe('the life of a handoff', () => {
  it('goes from the offer to its close, each wait with its people, clock and due instant', async () => {
    const walk = await offered();
    expect(walk.next).toMatchObject({
      state: 'offered',
      awaits: 'receipt',
      part: 'receiver',
      people: ['lena.vogt'],
      clock: 'acknowledgement',
      dueAt: '2026-11-18T10:10:00.000Z',
    });
    walk.answer('lena.vogt', 'accept', READ);
    expect(walk.next).toMatchObject({
      state: 'accepted',
      awaits: 'delivery',
      clock: 'delivery',
      dueAt: '2026-11-18T11:31:00.000Z',
    });
    walk.answer('lena.vogt', 'deliver', DONE);
    expect(walk.next).toMatchObject({
      state: 'delivered',
      awaits: 'verification',
      part: 'sender',
      clock: 'verification',
      dueAt: '2026-11-18T10:17:00.000Z',
    });
    walk.answer('tiago.rocha', 'verify');
    expect(walk.next).toEqual({ state: 'closed', outcome: 'published', reasons: [] });
    expect(walk.handoff.handoff.history.map(({ event }) => event.type)).toEqual([
      'validate',
      'score',
      'offer',
      'acknowledge',
      'accept',
      'start',
      'deliver',
      'verify',
      'close',
    ]);
    expect(handoffProtocol.events(walk.file, walk.document).map(({ id }) => id)).toEqual(
      walk.handoff.handoff.history.map(({ seq }) => `${walk.handoff.handoff.id}.${seq}`),
    );
  });

  it('changes nothing when the same action comes again, and refuses what cannot be', async () => {
    const walk = await offered();
    walk.answer('lena.vogt', 'accept', READ, 'once');
    const after = digestOf(walk.document);
    const again = handoffProtocol.act(walk.file, walk.document, {
      id: 'once',
      at: walk.now,
      by: { part: 'receiver', id: 'lena.vogt' },
      choice: 'accept',
      values: READ,
    });
    expect(digestOf(again.document)).toBe(after);
    const error = thrownBy(() =>
      walk.send('receiver', 'lena.vogt', {
        type: 'accept',
        readback: { '/ticket': 'INC-204117', '/severity': 'high' },
      }),
    );
    expect(error).toBeInstanceOf(IllegalTransition);
    expect(thrownBy(() => walk.send('sender', 'tiago.rocha', { type: 'deliver' }))).toBeInstanceOf(IllegalTransition);
    expect(thrownBy(() => walk.send('receiver', 'lena.vogt', { type: 'nonsense' })).code).toBe('InvalidInput');
    expect(thrownBy(() => walk.answer('lena.vogt', 'verify')).problems[0]?.code).toBe('unknown-choice');
    expect(digestOf(walk.document)).toBe(after);
  });

  it('tells a wrong readback by its fact and never the right answer; a person decides after the last attempt', async () => {
    const walk = await offered();
    const wrong = { 'readback/ticket': 'INC-204171', 'readback/severity': 'high' };
    expect(walk.answer('lena.vogt', 'accept', { 'readback/ticket': 'INC-204117' })).toMatchObject({
      message: 'Every fact has to be stated back.',
      fields: { 'readback/severity': expect.any(String) as string },
    });
    expect(walk.handoff.handoff.misreadings).toBe(0);
    const first = walk.answer('lena.vogt', 'accept', wrong);
    expect(Object.keys(first?.fields ?? {})).toEqual(['readback/ticket']);
    expect(JSON.stringify(first)).not.toContain('204117');
    walk.answer('lena.vogt', 'accept', wrong);
    walk.answer('lena.vogt', 'accept', wrong);
    expect(walk.next).toMatchObject({
      state: 'escalated',
      part: 'oversight',
      people: ['maeve.brennan', 'oskar.lindgren'],
      clock: 'escalation',
    });
    walk.answer('oskar.lindgren', 'resume', { returns: '0', because: 'She had the wrong window open.' });
    expect(walk.answer('lena.vogt', 'accept', READ)).toBeUndefined();
  });

  it('returns to the sender when the customer writes, counts no return, and leaves the promise as it was', async () => {
    const walk = await accepted();
    const [due, delivery] = [promiseDue(walk), walk.next];
    walk.send('customer', 'help-desk', { type: 'message', text: 'The annex is still empty.' });
    expect(walk.next).toMatchObject({
      state: 'clarify',
      part: 'sender',
      people: expect.arrayContaining(['tiago.rocha']) as string[],
    });
    expect(handoffProtocol.view(walk.file, walk.document, walk.now).payload[0]).toEqual({
      label: 'Message of the customer (help-desk)',
      value: 'The annex is still empty.',
    });
    expect(walk.handoff.handoff.bounces.here).toBe(0);
    walk.answer('tiago.rocha', 'answer', { answer: 'Look at the annex only.' });
    expect(promiseDue(walk)).toBe(due);
    expect(due).toBe('2026-11-18T17:40:00.000Z');
    // The receiver gets back the minute that the sender took, and no more.
    const [before, after] = [delivery, walk.next].map((next) => ('dueAt' in next ? epochMilliseconds(next.dueAt) : 0));
    expect((after ?? 0) - (before ?? 0)).toBe(60_000);
    expect(thrownBy(() => walk.send('customer', 'help-desk', { type: 'deliver' }))).toBeInstanceOf(IllegalTransition);
  });

  it('forces a person when the work has come back as often as the contract allows', async () => {
    const walk = await offered();
    for (const question of ['Which building?', 'Which floor?']) {
      walk.answer('lena.vogt', 'ask', { question });
      expect(walk.state).toBe('clarify');
      walk.answer('tiago.rocha', 'answer', { answer: 'The old one.' });
    }
    walk.answer('lena.vogt', 'ask', { question: 'And which room?' });
    expect(walk.next).toMatchObject({ state: 'escalated', part: 'oversight' });
    expect(handoffProtocol.view(walk.file, walk.document, walk.now).payload[0]?.value).toBe('And which room?');
    walk.answer('maeve.brennan', 'resume', { returns: '1', because: 'One more.' });
    walk.answer('lena.vogt', 'ask', { question: 'And which room?' });
    expect(walk.state).toBe('clarify');
  });

  it('counts the returns of a thread across its handoffs', async () => {
    const first = await offered();
    first.answer('lena.vogt', 'ask', { question: 'Which building?' });
    first.answer('tiago.rocha', 'answer', { answer: 'The old one.' });
    first.answer('lena.vogt', 'reject', { code: 'evidence-insufficient', because: 'The log is of another day.' });
    expect(first.next).toMatchObject({ outcome: 'rejected', reasons: [{ code: 'evidence-insufficient' }] });
    expect(bouncesOf(first.handoff.passes, 2).count).toBe(2);
    const { promise: _, obligations: owed, ...again } = incident();
    const second = await offered(
      { ...again, obligations: (owed as Draft[]).map(({ due: __, ...each }) => each) },
      'tiago.rocha',
      first,
    );
    expect(second.handoff.handoff.bounces.before).toBe(2);
    second.answer('lena.vogt', 'ask', { question: 'Still the other day?' });
    expect(second.state).toBe('escalated');
  });

  it('sends what was delivered back to be done again, and lets a machine close what nobody looked at', async () => {
    const walk = await accepted();
    expect(walk.answer('lena.vogt', 'deliver', { ...DONE, 'delivery.cause': 'not-found' })?.message).toContain(
      'The cause was found.',
    );
    walk.answer('lena.vogt', 'deliver', DONE);
    walk.answer('tiago.rocha', 'rework', { open: 'cause-found', because: 'The annex is still empty.' });
    expect(walk.next).toMatchObject({ state: 'in-delivery', part: 'receiver' });
    walk.answer('lena.vogt', 'deliver', { 'delivery.cause': 'found' });
    walk.miss();
    expect(walk.next).toMatchObject({ state: 'closed', outcome: 'published' });
    expect(walk.handoff.handoff.history.at(-1)?.event.by).toEqual({ part: 'system', id: 'system' });
  });

  it('escalates each clock that runs out, and expires when nobody decides', async () => {
    const walk = await offered();
    const before = walk.document;
    expect(handoffProtocol.miss(walk.file, before, '2026-11-18T10:09:59.999Z')).toBe(before);
    walk.miss();
    expect(walk.handoff.handoff.history.at(-1)?.event).toMatchObject({
      type: 'escalate',
      cause: 'clock',
      clock: 'acknowledgement',
    });
    walk.miss();
    expect(walk.next).toMatchObject({ state: 'expired', outcome: 'expired', reasons: [{ code: 'expired' }] });
    const delivering = await accepted();
    delivering.miss();
    delivering.answer('maeve.brennan', 'end', { because: 'The hotel has moved away.' });
    expect(delivering.next).toMatchObject({ outcome: 'rolled-back' });
  });

  it('pauses for the customer, for so long at most as the contract says', async () => {
    const walk = await accepted();
    const due = promiseDue(walk) ?? '';
    walk.answer('lena.vogt', 'pause', { pause: 'waiting-for-customer' });
    const paused = walk.next;
    expect(paused).toMatchObject({
      state: 'paused',
      awaits: 'release',
      clock: 'waiting-for-customer',
      dueAt: '2026-11-19T10:02:00.000Z',
    });
    walk.miss();
    expect(walk.next).toMatchObject({ state: 'accepted', dueAt: '2026-11-19T11:31:00.000Z' });
    expect(epochMilliseconds(promiseDue(walk) ?? '') - epochMilliseconds(due)).toBe(24 * 3_600_000);
  });

  it('goes to oversight from a pause when a clock runs out that the pause does not stop', async () => {
    const walk = await offered();
    walk.answer('lena.vogt', 'pause', { pause: 'waiting-for-customer' });
    expect(walk.next).toMatchObject({ state: 'paused', clock: 'acknowledgement', dueAt: '2026-11-18T10:10:00.000Z' });
    walk.miss();
    expect(walk.handoff.handoff.history.at(-1)?.event).toMatchObject({ type: 'escalate', clock: 'acknowledgement' });
  });

  it('lets the sender complete the packet, which is then offered anew', async () => {
    const bare = incident({ evidence: [(incident().evidence as Draft[])[0]!] });
    const walk = await offered(bare);
    const before = walk.handoff.handoff.readiness?.score ?? 0;
    walk.answer('lena.vogt', 'ask', { question: 'Does the customer know that we look?' });
    const evidence = {
      'evidence-id': 'consent-9',
      'evidence-type': 'customer-consent',
      'evidence-issuer': 'tier-1',
      'evidence-digest': `sha256:${'2'.repeat(64)}`,
      'evidence-date': '2026-11-18T09:00:00Z',
    };
    expect(
      walk.answer('tiago.rocha', 'amend', { ...evidence, 'evidence-digest': 'no digest', because: 'Here.' })?.fields,
    ).toHaveProperty('evidence-digest');
    expect(
      walk.answer('tiago.rocha', 'amend', { ...evidence, 'evidence-date': '2027-01-01T00:00:00Z', because: 'Here.' })
        ?.message,
    ).toContain('dated later than now');
    expect(walk.state).toBe('clarify');
    expect(
      walk.answer('tiago.rocha', 'amend', { ...evidence, recipient: 'samir.haddad', because: 'Here.' }),
    ).toBeUndefined();
    expect(walk.next).toMatchObject({ state: 'offered', people: ['samir.haddad'] });
    expect(walk.handoff.handoff.readiness?.score).toBeGreaterThan(before);
    expect(handoffProtocol.verify(walk.file, walk.document)).toEqual([]);
  });

  it('is withdrawn by the sender before it is accepted, and only rolled back afterwards', async () => {
    const stamp = { id: 'w', at: NOW, by: { part: 'sender', id: 'tiago.rocha' } } as const;
    const early = await offered();
    const gone = handoffProtocol.end(early.file, early.document, 'withdraw', stamp);
    expect(gone === undefined ? gone : handoffProtocol.next(early.file, gone)).toMatchObject({ outcome: 'withdrawn' });
    expect(gone === undefined ? gone : handoffProtocol.end(early.file, gone, 'withdraw', stamp)).toBeUndefined();
    const late = await accepted();
    expect(thrownBy(() => handoffProtocol.end(late.file, late.document, 'withdraw', stamp))).toBeInstanceOf(
      IllegalTransition,
    );
    const back = handoffProtocol.end(late.file, late.document, 'roll-back', {
      ...stamp,
      at: late.now,
      by: { part: 'system', id: 'system' },
    });
    expect(back === undefined ? back : handoffProtocol.next(late.file, back)).toMatchObject({ outcome: 'rolled-back' });
  });

  it('knows who may act in which part, and nobody on both sides', async () => {
    const walk = await offered();
    const parts = (who: string) => handoffProtocol.partsOf(walk.file, walk.document, who);
    expect(
      [
        'tiago.rocha',
        'aoife.daly',
        'lena.vogt',
        'samir.haddad',
        'oskar.lindgren',
        'help-desk',
        'crm-integration',
        'nobody',
      ].map(parts),
    ).toEqual([['sender'], ['sender'], ['receiver'], [], ['oversight'], ['customer'], [], []]);
    const conversation = exampleOf(support, '42');
    const result = await decide(support, conversation.request.input, 'assistant.ada');
    const bot = new Walk(caseOf(support, conversation.request.input, 'assistant.ada', result));
    expect(handoffProtocol.partsOf(bot.file, bot.document, 'assistant-service')).toEqual(['sender']);
  });
});

describe('obligations', () => {
  it('are done or passed on with the delivery, and never lost', async () => {
    const walk = await accepted();
    const refused = walk.answer('lena.vogt', 'deliver', { 'delivery.cause': 'found' });
    expect(Object.keys(refused?.fields ?? {})).toEqual([`done.${walk.handoff.handoff.id}.tell-customer`]);
    walk.send('receiver', 'lena.vogt', {
      type: 'split',
      obligation: `${walk.handoff.handoff.id}.tell-customer`,
      parts: ['front-desk', 'owner'].map((id) => ({
        id,
        says: `Tell the ${id}.`,
        owner: 'tier-2',
        due: '2026-11-18T12:00:00Z',
      })),
    });
    expect(
      thrownBy(() =>
        walk.send('sender', 'tiago.rocha', { type: 'settle', obligations: [{ id: 'owner', done: 'Done.' }] }),
      ).problems[0]?.code,
    ).toBe('not-your-obligation');
    walk.send('receiver', 'lena.vogt', { type: 'settle', obligations: [{ id: 'front-desk', done: 'Called.' }] });
    expect(
      walk.answer('lena.vogt', 'deliver', { 'delivery.cause': 'found', 'passed.owner': 'customer-care' }),
    ).toBeUndefined();
    walk.answer('tiago.rocha', 'verify');
    const { ledger, handoff } = walk.handoff;
    expect(checkLedger(ledger)).toEqual([]);
    expect(ledger.obligations.map(({ id, owner, standing }) => `${id} ${owner} ${standing.is}`)).toEqual([
      't-204117.call-back tier-1 open',
      `${handoff.id}.tell-customer tier-2 split`,
      'front-desk tier-2 discharged',
      'owner customer-care open',
    ]);
  });

  it('are all carried into the next hop, or it is refused', async () => {
    const before = await closed();
    const hop = exampleOf(support, '46').followUps[0]!;
    const thread = 't-204117';
    const input = { ...(hop.request.input as Draft), thread, previous: before.document as Json };
    const owed = { id: 't-204117.call-back', says: 'Call the customer back.' };
    const next = (more: Draft, over = handedOver(before), by = 'lena.vogt') =>
      decide(support, { ...input, ...more }, by, before.now, over);
    expect((await next({ obligations: [owed] })).reasons).toEqual([]);
    expect(codesOf(await next({ obligations: [] }))).toEqual(['obligation-lost']);
    expect(codesOf(await next({ obligations: [{ ...owed, due: '2026-12-24T10:00:00Z' }] }))).toEqual([
      'obligation-moved',
    ]);
    expect(codesOf(await next({ obligations: [{ ...owed, owner: 'customer-care' }] }))).toEqual(['obligation-moved']);
    expect(
      codesOf(
        await next({ obligations: [owed, { id: `${before.handoff.handoff.id}.tell-customer`, says: 'Again.' }] }),
      ),
    ).toContain('obligation-not-open');
    expect(
      codesOf(await next({ obligations: [owed], promise: { startedAt: NOW, within: { clockMinutes: 9_000 } } })),
    ).toEqual(['promise-restated']);
    expect(codesOf(await next({ obligations: [owed], thread: 't-9' }))).toContain('other-thread');
    expect(
      codesOf(
        await next(
          { obligations: [owed] },
          { ...handedOver(before), handoff: { document: digestOf(1), state: 'closed' } },
        ),
      ),
    ).toEqual(['previous-differs']);
    const doctored = structuredClone(input) as unknown as { previous: { ledger: { obligations: unknown[] } } };
    doctored.previous.ledger.obligations = [];
    expect(
      codesOf(await decide(support, { ...doctored, obligations: [] }, 'lena.vogt', before.now, handedOver(before))),
    ).toEqual(['previous-differs']);
    expect(codesOf(await decide(support, { ...input, obligations: [owed] }, 'lena.vogt', before.now))).toEqual([
      'previous-unproved',
    ]);
  });
});

describe('what keeps a packet from being handed over', () => {
  it.each<[string, Draft, string, string]>([
    ['a sender who is not of the party', { sender: { party: 'tier-2' } }, 'not-of-party', '/sender/party'],
    ['an undeclared consumer', { routing: { consumer: 'engineering' } }, 'undeclared-consumer', '/routing/consumer'],
    [
      'a recipient of another party',
      { routing: { consumer: 'tier-2', recipient: 'yuki.tanaka' } },
      'recipient-not-of-consumer',
      '/routing/recipient',
    ],
    [
      'an obligation of nobody',
      { obligations: [{ id: 'x', says: 'Something.', owner: 'somebody' }] },
      'unknown-party',
      '/obligations/0/owner',
    ],
    [
      'a payload without salt',
      { payload: { value: (incident().payload as { value: Json }).value } },
      'salt-missing',
      '/payload/salted',
    ],
  ])('%s', async (_, changes, code, pointer) => {
    const result = await decide(support, incident(changes), 'tiago.rocha');
    expect(result.verdict).toBe('block');
    expect(result.reasons).toContainEqual(expect.objectContaining({ code, pointer }));
  });

  it('too little readiness, with the mends that cost least in front', async () => {
    const bare = incident({
      evidence: [{ ...(incident().evidence as Draft[])[0]!, issuedAt: '2026-11-01T00:00:00Z' }],
      contingencies: [],
      routing: { consumer: 'tier-2' },
      risk: 85,
      obligations: [{ id: 'o', says: 'Call.' }],
      promise: { startedAt: NOW, within: { clockMinutes: 60 } },
    });
    const result = await decide(support, bare, 'tiago.rocha');
    expect(result.verdict).toBe('block');
    expect(codesOf(result)).toEqual([
      'below-threshold',
      'recipient-unnamed',
      'obligation-unowned',
      'evidence-stale',
      'contingencies-missing',
      'no-headroom',
    ]);
    expect(result.reasons[1]).toMatchObject({
      pointer: '/routing/recipient',
      message: 'Name who takes it. It gains 8 points.',
    });
  });

  it('a contract or a version that the policy does not have', async () => {
    await expect(
      decide(support, incident({ contract: { id: 'incident-to-tier-2', version: '3.0.0' } }), 'tiago.rocha'),
    ).rejects.toMatchObject({
      problems: [{ code: 'unknown-contract', mend: 'Use one of its versions: 1.0.0, 1.1.0.' }],
    });
  });
});

describe('erasure', () => {
  it('takes the payload away and leaves the thread whole', async () => {
    const walk = await closed();
    const { digest } = { digest: walk.handoff.handoff.payload };
    const erased = {
      schema: 'countersign/erasure/1',
      digest,
      at: '2026-12-01T00:00:00.000Z',
      by: 'ines.carvalho',
      reason: 'data-subject-request',
    };
    const file = { ...walk.file, input: support.input.parse({ ...incident(), payload: erased }) };
    const view = handoffProtocol.view(file, walk.document, '2026-12-02T00:00:00.000Z');
    expect(view.payload).toEqual([
      { label: 'Payload', value: `Erased on 2026-12-01: data-subject-request. Its digest is ${digest}.` },
    ]);
    expect(handoffProtocol.verify(file, walk.document)).toEqual([]);
    const [packet] = walk.handoff.packets;
    expect(checkChain([{ packet: packet!, erasure: erased as never }])).toMatchObject({ holds: true, erased: 1 });
    expect(JSON.stringify([walk.document, view])).not.toMatch(/front\.desk@|Renewed the token/);
    await expect(decide(support, { ...incident(), payload: erased }, 'tiago.rocha')).rejects.toMatchObject({
      problems: [{ code: 'payload-erased' }],
    });
  });

  it('leaves nothing to accept while it is offered', async () => {
    const walk = await offered();
    const erased = {
      schema: 'countersign/erasure/1',
      digest: walk.handoff.handoff.payload,
      at: NOW,
      by: 'ines.carvalho',
      reason: 'data-subject-request',
    };
    const file = { ...walk.file, input: support.input.parse({ ...incident(), payload: erased }) };
    const by = { part: 'receiver', id: 'lena.vogt' } as const;
    expect(
      handoffProtocol.act(file, walk.document, { id: 'x', at: NOW, by, choice: 'accept', values: READ }).refused
        ?.message,
    ).toContain('erased');
    const rejected = handoffProtocol.act(file, walk.document, {
      id: 'y',
      at: NOW,
      by,
      choice: 'reject',
      values: { code: 'wrong-team' },
    });
    expect(handoffProtocol.next(file, rejected.document)).toMatchObject({ outcome: 'rejected' });
  });
});

describe('publication', () => {
  const campaign = (): Draft => exampleOf(marketing, '52').request.input as Draft;
  const at52 = async (input: Draft = campaign()) =>
    caseOf(marketing, input, 'louis.lambert', await decide(marketing, input, 'louis.lambert'));

  it('is not accepted after its time has passed, nor offered when people approved something else', async () => {
    const file = await at52();
    const late = new Walk(file, '2026-12-28T09:59:30.000Z');
    expect(
      late.answer('julia.mertens', 'accept', {
        'readback/headline': 'x',
        'readback/publication/publishAt': 'x',
        'criterion.channel-ready': 'yes',
      })?.message,
    ).toContain('The time of publication has passed.');
    expect(thrownBy(() => handoffProtocol.open(file, '2026-12-29T00:00:00.000Z')).problems[0]?.code).toBe(
      'publication-in-the-past',
    );
    const other = { ...file, approval: { ...file.approval!, terms: digestOf('other terms') } };
    expect(thrownBy(() => handoffProtocol.open(other, NOW)).problems[0]?.code).toBe('approval-of-other-terms');
  });

  it('is never offered without approval, and shows the assets with their digests', async () => {
    const { approval: _, ...unapproved } = await at52();
    expect(thrownBy(() => handoffProtocol.open(unapproved, NOW))).toBeInstanceOf(IllegalTransition);
    const walk = new Walk(await at52());
    expect(handoffProtocol.view(walk.file, walk.document, NOW).assets).toEqual([
      { label: 'hero', digest: `sha256:${'a'.repeat(64)}`, url: 'https://assets.fennmark.example/autumn/hero.jpg' },
    ]);
    expect(
      walk.answer('julia.mertens', 'accept', {
        'readback/headline': 'Eight hours of rain. Not a drop',
        'readback/publication/publishAt': '2026-12-28',
      })?.fields,
    ).toHaveProperty('criterion.channel-ready');
  });
});
