import { skills } from '#skills';
import { ApiClient, ApiRefused } from '../api-client.ts';
import { bundledExamples } from '../examples.ts';
import { type LocalSystem, startLocalSystem } from '../system.ts';
import { type PortOptions, portChoiceOf } from './options.ts';

interface StartOptions extends PortOptions {
  readonly state: string;
  readonly fresh?: boolean;
  readonly examples: boolean;
}

/**
 * Submits every bundled example; their keys make sure that a second start submits nothing again. Examples that speak of hours from now
 * read otherwise by then, and their keys are taken.
 */
async function submitExamples(api: ApiClient): Promise<number> {
  const examples = bundledExamples(skills);
  for (const { skill, name, example } of examples) {
    try {
      await api.start(skill.name, example.requester, example.request, `bundled-example-${name}`);
    } catch (error) {
      if (!(error instanceof ApiRefused && error.answered === 'IdempotencyConflict')) throw error;
    }
  }
  return examples.length;
}

function tellWhereThingsAre(system: LocalSystem, seconds: string): void {
  const [first] = bundledExamples(skills);
  const file = first === undefined ? 'FILE' : `skills/${first.skill.name}/examples/${first.name}.json`;
  console.log(`
Countersign is up after ${seconds} s.

  API           ${system.apiUrl}            (described at ${system.apiUrl}/openapi.json)
  Inbox         ${system.inboxUrl}            every mail that the system sends
  Flags         ${system.flagsUrl}            user ${system.flagLogin.username}, password ${system.flagLogin.password}
  Status        ${system.apiUrl}/status
  Log           ${system.logFile}

Approve something: open the inbox, choose a mail, follow its link.

Send a request of your own (the caller's identity is simulated by a header):

  curl -s ${system.apiUrl}/skills/${first?.skill.id ?? 'SKILL'}/executions -H 'Countersign-Caller: ${first?.example.requester ?? 'PERSON'}' \\
    -d "$(node -p 'JSON.stringify(require("./${file}").request)')"
  curl -s ${system.apiUrl}/executions
  curl -s ${system.apiUrl}/executions/ID/evidence > evidence.json && npm run countersign -- verify evidence.json

Let an hour pass:

  curl -s ${system.apiUrl}/local/clock -H 'Countersign-Caller: me' -d '{"advanceSeconds": 3600}'

Ctrl-C stops everything; the next start goes on where this one stopped.`);
}

/** Waits for Ctrl-C or a request to terminate. */
function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
}

/** `npm start`: the whole system on this machine, with something to approve, until it is stopped. */
export async function start(options: StartOptions): Promise<void> {
  const began = performance.now();
  const stopped = untilStopped();
  const system = await startLocalSystem({
    directory: options.state,
    fresh: options.fresh === true,
    ports: portChoiceOf(options),
    onProgress: (message) => console.log(message),
  });
  try {
    if (options.examples) {
      const count = await submitExamples(new ApiClient(system.apiUrl));
      console.log(`Submitted the ${count} bundled examples (once).`);
    }
    tellWhereThingsAre(system, ((performance.now() - began) / 1000).toFixed(1));
    await stopped;
    console.log('\nStopping ...');
  } finally {
    await system.close();
  }
  console.log('Stopped. Everything is kept.');
}
