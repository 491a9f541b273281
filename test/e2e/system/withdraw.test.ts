import { beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { openLink, sendForm } from '../../../lib/local/person.ts';
import { withdrawalAccepted } from '../../../lib/platform/contracts/api.ts';
import { call, errorIn } from '../support/call.ts';
import { requesterOf, requestOf, SKILL } from '../support/example-requests.ts';
import { startWaiting, untilEnded } from '../support/flow.ts';
import { linkTo, mailTo } from '../support/mails.ts';
import { ownSystem } from '../support/own-system.ts';
import { textOf } from '../support/page-text.ts';

const { api: apiUrl, inbox } = ownSystem();
const api = new ApiClient(apiUrl);
const withdraw = (executionId: string, caller?: string) =>
  call(apiUrl, 'POST', `/executions/${executionId}/withdraw`, caller === undefined ? {} : { caller });

describe('withdrawing', () => {
  let executionId: string;
  let link: string;
  beforeAll(async () => {
    executionId = await startWaiting(api, '07');
    link = await linkTo(inbox, executionId, 'felix.arnold');
  });

  test.each([
    ['an approver', 'felix.arnold'],
    ['the requester’s manager', 'deepa.nair'],
    ['an administrator', 'helena.brandt'],
    ['somebody unknown', 'mallory'],
  ])('is not for %s', async (_who, caller) => {
    const answer = await withdraw(executionId, caller);
    expect(answer.status).toBe(403);
    expect(errorIn(answer).code).toBe('Forbidden');
    expect((await api.execution(executionId)).status).toBe('waiting');
  });

  test('is not for a request without an identity', async () => {
    expect((await withdraw(executionId)).status).toBe(403);
  });

  test('ends the execution at once; the page that was open decides nothing any more', async () => {
    const page = await openLink(link);
    expect(page.nonce).toBeDefined();
    const answer = await withdraw(executionId, requesterOf('07'));
    expect(answer.status).toBe(202);
    expect(withdrawalAccepted.parse(answer.json)).toEqual({ executionId, status: 'withdrawn' });
    const late = await sendForm(page, { choice: 'approve' });
    expect(late.status).toBe(409);
    expect(textOf(late.html)).toContain('The request was withdrawn');
    const view = await untilEnded(api, executionId);
    expect(view).toMatchObject({ status: 'succeeded', outcome: 'withdrawn' });
    expect(view.outputs?.primary_artifact_bundle.approvals).toEqual([]);
  });

  test('closes the links, which say so, and by whom', async () => {
    const page = await openLink(link);
    expect(page.status).toBe(200);
    expect(textOf(page.html)).toContain('The request was withdrawn Arjun Rao withdrew it on');
    expect(page.nonce).toBeUndefined();
  });

  test('tells those who were asked, and the requester', async () => {
    const asked = await mailTo(inbox, executionId, 'felix.arnold', ({ subject }) => subject.startsWith('No decision'));
    expect(asked.text).toContain('the request was withdrawn');
    const outcome = await mailTo(inbox, executionId, 'arjun.rao');
    expect(outcome.text).toContain('withdrawn');
  });

  test('cannot be done to what has ended', async () => {
    const again = await withdraw(executionId, requesterOf('07'));
    expect(again.status).toBe(409);
    expect(errorIn(again).code).toBe('NotPossibleNow');
    const published = await api.start(SKILL, requesterOf('01'), requestOf('01'));
    await untilEnded(api, published);
    const late = await withdraw(published, requesterOf('01'));
    expect(late.status).toBe(409);
    expect(errorIn(late).message).toContain('published');
    expect((await api.execution(published)).outcome).toBe('published');
  });

  test('of an unknown execution is answered 404', async () => {
    expect((await withdraw('ex-unknown', requesterOf('07'))).status).toBe(404);
  });
});
