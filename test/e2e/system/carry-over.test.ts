import { describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { decideByMail, openLink } from '../../../lib/local/person.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { call, errorIn } from '../support/call.ts';
import { requestOf, SKILL } from '../support/example-requests.ts';
import { untilEnded, untilWaiting } from '../support/flow.ts';
import { addressOf, linkTo, mailsOf } from '../support/mails.ts';
import { ownSystem } from '../support/own-system.ts';
import { textOf } from '../support/page-text.ts';

const { api: apiUrl, inbox } = ownSystem();
const api = new ApiClient(apiUrl);

const REQUESTER = 'ana.ruiz';
const SALES_MANAGER = 'javier.moreno';
const CONTROLLERS = ['tomas.keller', 'priya.raman'];

/** A renewal at 10 % off that is paid late: the sales manager decides on the concession, finance on when it is paid. */
function renewal(paymentDays: number, more: { resubmits?: string; pieces?: number } = {}) {
  const { resubmits, pieces = 100 } = more;
  const { input, ...envelope } = requestOf('04');
  const money = (minorUnits: number) => ({ currency: 'EUR', minorUnits });
  const line = { lineId: 'L1', product: 'Claims desk, seat', quantity: pieces, discountBasisPoints: 1_000 };
  return {
    ...envelope,
    input: {
      ...input,
      kind: 'renewal-concession',
      amount: money(pieces * 55_800),
      discountBasisPoints: 1_000,
      marginBasisPoints: 4_500,
      paymentDays,
      lineItems: [{ ...line, listPrice: money(62_000), netPrice: money(55_800) }],
    },
    ...(resubmits === undefined ? {} : { resubmits }),
  };
}

const decide = (executionId: string, person: string, choice: string, comment?: string) =>
  decideByMail(inbox, addressOf(person), executionId, { choice, ...(comment === undefined ? {} : { comment }) });

/** A request that the sales manager approved and finance sent back. */
async function sentBack(): Promise<string> {
  const executionId = await api.start(SKILL, REQUESTER, renewal(90));
  await decide(executionId, SALES_MANAGER, 'approve', 'The concession is fine.');
  // Either of them could still approve, so both have to say it.
  for (const person of CONTROLLERS) await decide(executionId, person, 'request-changes', 'Not later than 75 days.');
  expect((await untilEnded(api, executionId)).outcome).toBe('changes-requested');
  return executionId;
}

describe('a request that comes again with a change for finance only', () => {
  test('asks finance, not the sales manager, and is published with evidence of both', async () => {
    const earlier = await sentBack();
    const executionId = await api.start(SKILL, REQUESTER, renewal(75, { resubmits: earlier }));
    const { waitingFor } = await untilWaiting(api, executionId, 2);
    expect(waitingFor?.levels.map(({ levelId }) => levelId)).toEqual(['finance-control']);
    // Both are mailed before anything is counted.
    for (const controller of CONTROLLERS) await linkTo(inbox, executionId, controller);
    const page = await openLink(await linkTo(inbox, executionId, CONTROLLERS[1]!));
    expect(textOf(page.html)).toMatch(
      /Javier Moreno \(Record owner's lead\): already approved on .+ for unchanged terms/,
    );
    const asked = (await mailsOf(inbox, executionId)).flatMap(({ to }) => to.map(({ address }) => address));
    expect(asked.toSorted()).toEqual(CONTROLLERS.map(addressOf).toSorted());

    // The same approval is not to be had a second time.
    const again = await api.start(SKILL, REQUESTER, renewal(75, { resubmits: earlier }));
    expect((await untilWaiting(api, again, 1)).waitingFor?.levels.map(({ levelId }) => levelId)).toEqual([
      'account-lead',
    ]);

    await decide(executionId, CONTROLLERS[1]!, 'approve');
    const view = await untilEnded(api, executionId);
    expect(view.outcome).toBe('published');
    const { approvals } = view.outputs?.primary_artifact_bundle ?? {};
    expect(approvals?.map(({ approver, carried }) => [approver, carried?.executionId])).toEqual([
      [SALES_MANAGER, earlier],
      [CONTROLLERS[1], undefined],
    ]);
    expect(view.outputs?.execution_scorecard.measures).toMatchObject({ decisions: 1, carriedOver: 1 });
    const report = await verifyEvidence(await api.evidence(executionId), { skills, versions: engineVersions });
    expect(report.firstFailure).toBeUndefined();
    expect(report.checks.find(({ check }) => check === 'earlier-execution')?.result).not.toBe('fail');
  });

  test('asks the sales manager again when more is asked for', async () => {
    const earlier = await sentBack();
    const executionId = await api.start(SKILL, REQUESTER, renewal(75, { resubmits: earlier, pieces: 101 }));
    const { waitingFor } = await untilWaiting(api, executionId, 1);
    expect(waitingFor?.levels.map(({ levelId }) => levelId)).toEqual(['account-lead']);
  });

  test('is not for somebody else to resubmit', async () => {
    const earlier = await sentBack();
    const answer = await call(apiUrl, 'POST', `/skills/${SKILL}/executions`, {
      caller: 'lukas.weber',
      headers: { 'Idempotency-Key': `foreign-${earlier}` },
      body: renewal(75, { resubmits: earlier }),
    });
    expect(answer.status).toBe(400);
    expect(errorIn(answer).problems).toMatchObject([{ pointer: '/resubmits', code: 'unknown-execution' }]);
  });
});
