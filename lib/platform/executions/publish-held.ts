import { CountersignError } from '../../core/errors.ts';

/** The skill's posture is critical: the publication waits. The state machine tries again until the posture allows it. */
export class PublishHeld extends CountersignError {
  readonly code = 'PublishHeld';
}
