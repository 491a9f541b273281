import { loadDirectory } from '../../lib/core/directory/load.ts';
import type { ApiClient } from '../../lib/local/api-client.ts';
import type { BundledExample } from '../../lib/local/examples.ts';
import { mailWithLink, type OpenPage, openLink, sendForm } from '../../lib/local/person.ts';
import type { LocalSystem } from '../../lib/local/system.ts';
import { type Measure, WrongResult } from './support/benchmark.ts';
import { byWorkers, exampleWhere, startNumbered, until, untilPublished } from './support/executions.ts';
import { median, percentile, rounded } from './support/statistics.ts';
import { withLocalSystem } from './support/with-local-system.ts';

const APPROVERS = 50;
/** Fewer than the skill has slots, so that no request is turned away while the executions are prepared. */
const PREPARED_AT_ONCE = 4;

/** An execution that waits, and the page at which its approver is about to decide. */
interface Waiting {
  readonly executionId: string;
  readonly page: OpenPage;
}

async function prepare(system: LocalSystem, api: ApiClient, bundled: BundledExample, number: number): Promise<Waiting> {
  const { skill, example } = bundled;
  const [decision] = example.decisions;
  const approver = loadDirectory(skill.referenceDirectory()).requirePerson(decision?.approver ?? '');
  const executionId = await startNumbered(api, bundled, number);
  await until(api, executionId, ({ waitingFor }) => waitingFor !== undefined);
  return { executionId, page: await openLink(await mailWithLink(system.inboxUrl, approver.email, executionId)) };
}

/** Milliseconds from the POST of an approval to the answer, which is given when the decision is recorded. */
async function decide({ executionId, page }: Waiting): Promise<number> {
  const start = performance.now();
  const { status } = await sendForm(page, { choice: 'approve' });
  const milliseconds = performance.now() - start;
  if (status >= 400) throw new WrongResult(`The decision of execution ${executionId} was refused with ${status}.`);
  return milliseconds;
}

const row = (latencies: readonly number[]) => ({
  decisions: latencies.length,
  p50Milliseconds: rounded(median(latencies)),
  p95Milliseconds: rounded(percentile(latencies, 0.95)),
  maxMilliseconds: rounded(Math.max(...latencies)),
});

/** How long an approver waits for the answer when fifty decide at the same moment, against when one decides alone. */
export const measureDecisions: Measure = async ({ quick, count: waves = quick ? 1 : 3, onProgress }) => {
  const bundled = exampleWhere(
    ({ expected, skipTime }) => expected.outcome === 'published' && expected.levels === 1 && skipTime === undefined,
  );
  const approvers = quick ? 5 : APPROVERS;
  const alone: number[] = [];
  const together: number[] = [];
  await withLocalSystem(onProgress, async (system, api) => {
    for (let wave = 0; wave < waves; wave += 1) {
      onProgress(`Wave ${wave + 1} of ${waves}: preparing ${2 * approvers} executions ...`);
      const waiting = await byWorkers(2 * approvers, PREPARED_AT_ONCE, (number) =>
        prepare(system, api, bundled, wave * 2 * approvers + number),
      );
      onProgress(`${approvers} decisions one at a time, then ${approvers} at the same moment ...`);
      // The answer comes before the state machine goes on; what it then does is not to weigh on the next decision.
      for (const each of waiting.slice(0, approvers)) {
        alone.push(await decide(each));
        await untilPublished(api, each.executionId);
      }
      together.push(...(await Promise.all(waiting.slice(approvers).map(decide))));
      for (const { executionId } of waiting.slice(approvers)) await untilPublished(api, executionId);
    }
  });
  return {
    figures: { alone: row(alone), concurrent: row(together) },
    ratios: {
      concurrentToAloneP50: rounded(median(together) / median(alone)),
      concurrentToAloneP95: rounded(percentile(together, 0.95) / percentile(alone, 0.95)),
    },
    agreed: alone.length + together.length,
  };
};
