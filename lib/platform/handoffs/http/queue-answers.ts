import type { APIGatewayProxyResult } from 'aws-lambda';
import type { LoadedDirectory } from '../../../core/directory/loaded.ts';
import type { Instant } from '../../../core/instant.ts';
import { pageHeaders } from '../../../pages/page-headers.ts';
import { renderQueuePage, renderQueuesPage } from '../../../pages/queue-page.ts';
import { currentDirectory } from '../../configuration/directory-store.ts';
import type { Runtime } from '../../runtime.ts';
import { nameOf } from '../file.ts';
import type { Queue, QueueSummary } from '../views.ts';

/** In whose time zone a caller reads: their own where the directory knows them, else UTC. */
function zoneOf(directory: LoadedDirectory, caller: string): string {
  return directory.personByPrincipal(caller)?.timeZone ?? 'UTC';
}

function answer({ settings }: Runtime, body: string): APIGatewayProxyResult {
  return { statusCode: 200, headers: pageHeaders({ https: settings.baseUrl.startsWith('https:') }), body };
}

/** The page of a team's due work, in its reader's time zone. */
export async function showQueue(runtime: Runtime, caller: string, queue: Queue): Promise<APIGatewayProxyResult> {
  const directory = await currentDirectory(runtime);
  const timeZone = zoneOf(directory, caller);
  const rows = queue.work.map(({ dueAt, since: _since, people, erased, ...row }) => ({
    ...row,
    ...(erased === true ? { title: `${row.title} (payload erased)` } : {}),
    due: { instant: dueAt, timeZone },
    overdue: dueAt <= queue.at,
    people: people.map((id) => nameOf(directory, id)),
  }));
  const { environment } = runtime.settings;
  const { party, at, more } = queue;
  return answer(runtime, renderQueuePage({ environment, party, now: { instant: at, timeZone }, rows, more }));
}

/** The page of all teams that have something to do. */
export async function showQueues(
  runtime: Runtime,
  caller: string,
  { at, queues }: { readonly at: Instant; readonly queues: readonly QueueSummary[] },
): Promise<APIGatewayProxyResult> {
  const timeZone = zoneOf(await currentDirectory(runtime), caller);
  const rows = queues.map(({ nextDueAt, ...queue }) => ({ ...queue, nextDue: { instant: nextDueAt, timeZone } }));
  const { environment } = runtime.settings;
  return answer(runtime, renderQueuesPage({ environment, now: { instant: at, timeZone }, queues: rows }));
}
