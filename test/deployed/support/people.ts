import { loadDirectory } from '../../../lib/core/directory/load.ts';
import type { ExecutionView } from '../../../lib/local/api-client.ts';
import type { BundledExample } from '../../../lib/local/examples.ts';
import { addressOf } from '../../e2e/support/mails.ts';
import type { DeployedApi } from './deployed-api.ts';
import { linkTo } from './mailbox.ts';

/** Does what an approver does: waits for the mail, opens its link, decides. @returns the link. */
export async function decideByMail(
  server: string,
  api: DeployedApi,
  executionId: string,
  approver: string,
  entries: Readonly<Record<string, string>>,
  address = addressOf(approver),
): Promise<string> {
  const link = await linkTo(server, executionId, address);
  const answer = await api.decide(await api.open(link), entries);
  if (answer.status >= 400) throw new Error(`The decision of ${approver} was refused with ${answer.status}.`);
  return link;
}

/** Starts an example through the deployed API and has its approvers decide. @returns its execution. */
export async function approved(
  server: string,
  api: DeployedApi,
  { skill, example }: Pick<BundledExample, 'skill' | 'example'>,
): Promise<string> {
  const executionId = await api.start(skill.name, example.requester, example.request);
  const directory = loadDirectory(skill.referenceDirectory());
  for (const { approver, action, comment } of example.decisions) {
    const entries = { choice: action, ...(comment === undefined ? {} : { comment }) };
    await decideByMail(server, api, executionId, approver, entries, directory.requirePerson(approver).email);
  }
  return executionId;
}

/** Plays an example through the deployed API as its story says, up to its outcome. */
export async function play(server: string, api: DeployedApi, bundled: BundledExample): Promise<ExecutionView> {
  return api.untilEnded(await approved(server, api, bundled));
}
