import type { LoadedDirectory } from '../../lib/core/directory/loaded.ts';
import type { Instant } from '../../lib/core/instant.ts';
import type { Json } from '../../lib/core/json.ts';
import type { HandoffPacket } from '../../lib/platform/contracts/outputs.ts';
import type { SchedulingPolicy } from './configuration.ts';
import type { SchedulingRequest } from './input.ts';

/** What the skill may see of an execution. */
export interface SchedulingContext {
  readonly input: SchedulingRequest;
  readonly configuration: SchedulingPolicy;
  readonly directory: LoadedDirectory;
  readonly requester: { readonly personId: string };
  readonly instant: Instant;
  readonly handedOver?: HandoffPacket;
  /** What a pod answered to a work; nothing while it is not solved. */
  readonly solved: (work: Json) => Json | undefined;
}
