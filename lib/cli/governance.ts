import type * as z from 'zod';
import { InvalidInput } from '../core/errors.ts';
import { parseWith } from '../core/zod-problems.ts';
import { NotPossibleNow } from '../platform/api/errors.ts';
import { listFollowUps } from '../platform/api/follow-ups.ts';
import { viewPosture } from '../platform/api/posture.ts';
import { runAgain } from '../platform/api/retry.ts';
import { setPosture } from '../platform/configuration/posture.ts';
import { type ErasureAnswer, erasureOrder } from '../platform/contracts/erasure.ts';
import type { FollowUp } from '../platform/contracts/follow-up.ts';
import { postureOrder, type postureView } from '../platform/contracts/posture.ts';
import { closeFollowUp } from '../platform/follow-ups/follow-up-store.ts';
import { eraseHandoff } from '../platform/handoffs/erase.ts';
import { settleGovernance } from '../platform/posture/settle.ts';
import type { Runtime } from '../platform/runtime.ts';
import { type ApiOptions, openApi } from './api/open-api.ts';
import { openEnvironment, operator, skillOf } from './environment.ts';

export type PostureView = z.infer<typeof postureView>;

/** Options of the commands by which operators govern. */
export interface GovernanceOptions extends ApiOptions {
  /** Who orders it, at the local system; elsewhere the signature says who. */
  readonly by?: string;
}

/** What operators order. A deployed environment checks by its directory that the caller may. */
export interface Governance {
  posture(skill: string): Promise<PostureView>;
  setPosture(skill: string, order: { readonly posture: string; readonly because: string }): Promise<PostureView>;
  followUps(filter: Readonly<Record<string, string>>): Promise<readonly FollowUp[]>;
  closeFollowUp(id: string, note: string): Promise<FollowUp>;
  /** Erases the payload of an execution's handoff on record. */
  eraseHandoff(executionId: string, order: z.input<typeof erasureOrder>): Promise<ErasureAnswer>;
  /** Runs an execution again; answers the id of the new one. */
  retry(executionId: string): Promise<string>;
}

/** Whoever can read the state directory of the local system governs it, by its own ports. */
function byRuntime(runtime: Runtime, by: string): Governance {
  const posture = (named: string) => viewPosture(runtime, skillOf(runtime.skills, named));
  return {
    posture,
    setPosture: async (named, asked) => {
      const skill = skillOf(runtime.skills, named);
      const order = parseWith(postureOrder, asked, 'The order');
      await setPosture(runtime, skill.name, order.posture, by, order.because);
      await settleGovernance(runtime, skill);
      return posture(named);
    },
    followUps: async (filter) => (await listFollowUps(runtime, filter)).followUps,
    closeFollowUp: (id, note) => closeFollowUp(runtime, id, { by, note }),
    eraseHandoff: (executionId, order) =>
      eraseHandoff(runtime, executionId, parseWith(erasureOrder, order, 'The order'), by),
    retry: async (executionId) => {
      const result = await runAgain(runtime, executionId, by);
      if (result.kind !== 'accepted') throw new NotPossibleNow(`It was not started: ${result.kind}.`);
      return result.executionId;
    },
  };
}

function signedBy(env: string): never {
  const message = `In "${env}" the signature says who orders it.`;
  const mend = 'Leave --by out; it is for --env local.';
  throw new InvalidInput(`${message} ${mend}`, [{ pointer: '/by', code: 'identity-is-signed', message, mend }]);
}

/**
 * Opens what operators govern an environment by: the local system's own ports, or a deployed environment's API.
 * @throws what `openEnvironment` and `openApi` throw; InvalidInput when `by` is given for a deployed environment.
 */
export async function openGovernance(options: GovernanceOptions): Promise<Governance> {
  if (options.env === 'local') {
    const { runtime } = await openEnvironment(options);
    return byRuntime(runtime, operator(options.by));
  }
  if (options.by !== undefined) signedBy(options.env);
  const { api } = await openApi(options);
  return {
    posture: (skill) => api.posture(skill),
    setPosture: (skill, order) => api.setPosture(skill, parseWith(postureOrder, order, 'The order')),
    followUps: async (filter) => (await api.followUps(filter)).followUps,
    closeFollowUp: (id, note) => api.closeFollowUp(id, note),
    eraseHandoff: (id, order) => api.eraseHandoff(id, order),
    retry: async (executionId) => (await api.retry(executionId)).executionId,
  };
}
