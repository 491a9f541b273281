import { readFacts } from '../../lib/engines/approval-routing/fields.ts';
import { inCanonicalOrder } from '../../lib/engines/approval-routing/request.ts';
import { routeApproval } from '../../lib/engines/approval-routing/route.ts';
import { agreement } from './peers/agreement.ts';
import type { Verdict } from './peers/contender.ts';
import { countersignEngine } from './peers/countersign.ts';
import { jsonRulesEngine } from './peers/json-rules-engine.ts';
import { zenEngine } from './peers/zen-engine.ts';
import type { Measure } from './support/benchmark.ts';
import { interleave } from './support/interleave.ts';
import { seeded } from './support/random.ts';
import { referenceData } from './support/reference.ts';
import { requestsFor } from './support/requests.ts';
import { rounded } from './support/statistics.ts';

const SEED = 20_261_125;
const INSTANT = '2026-11-25T12:00:00.000Z';

/** Everything that the verdicts say, so that every one of them is looked at. */
const consumed = (verdicts: readonly Verdict[]): number =>
  verdicts.reduce((sum, { denials, automatic, levels }) => sum + denials.length + automatic.length + levels.length, 0);

/**
 * Routing decisions per second on the policy and directory that the skill ships with: the whole route with its commentary,
 * and the rules alone against two libraries that hold the same rules in their own form.
 */
export const measureRouting: Measure = async ({ quick, count = quick ? 200 : 2_000, onProgress }) => {
  const rounds = quick ? 1 : 7;
  const { policy, directory } = referenceData();
  const asked = requestsFor(seeded(SEED), directory, count);
  const facts = asked.map(({ request }) => readFacts(inCanonicalOrder(request)));
  const engines = {
    countersign: countersignEngine(policy, facts),
    zen: zenEngine(policy, facts),
    jsonRulesEngine: jsonRulesEngine(policy, facts),
  };
  onProgress(`Holding the verdicts of three engines on ${count} requests against each other ...`);
  const agreed = await agreement(engines);
  const route = (): number =>
    asked.reduce(
      (sum, { request, requester }) =>
        sum + routeApproval({ request, policy, directory, requester, instant: INSTANT }).workUnits,
      0,
    );
  const milliseconds = await interleave(
    {
      route,
      countersign: async () => consumed(await engines.countersign()),
      zen: async () => consumed(await engines.zen()),
      jsonRulesEngine: async () => consumed(await engines.jsonRulesEngine()),
    },
    rounds,
    (round) => onProgress(round === 0 ? 'Warming up ...' : `Round ${round} of ${rounds} ...`),
  );
  const row = (time: number) => ({
    perSecond: Math.round((count * 1_000) / time),
    microsecondsEach: rounded((time * 1_000) / count),
  });
  return {
    figures: {
      wholeRoute: row(milliseconds.route),
      rulesAlone: row(milliseconds.countersign),
      rulesInZen: row(milliseconds.zen),
      rulesInJsonRulesEngine: row(milliseconds.jsonRulesEngine),
    },
    // How many times as fast the first is as the second.
    ratios: {
      rulesAloneToZen: rounded(milliseconds.zen / milliseconds.countersign),
      rulesAloneToJsonRulesEngine: rounded(milliseconds.jsonRulesEngine / milliseconds.countersign),
      rulesAloneToWholeRoute: rounded(milliseconds.route / milliseconds.countersign),
    },
    agreed,
  };
};
