import { randomBytes } from 'node:crypto';
import { instantAt } from '../../core/instant.ts';
import type { Runtime } from '../runtime.ts';
import { refuse, withheld } from './not-granted.ts';
import { type AwsPlace, awsPlace, type Port, type Variables } from './place.ts';

/** A runtime that was granted nothing: each port says which grant it would take. */
function withoutPorts({ settings }: AwsPlace, skills: Runtime['skills']): Runtime {
  return {
    settings,
    skills,
    clock: { now: () => instantAt(Date.now()) },
    random: { bytes: (count) => randomBytes(count) },
    table: withheld('table:read'),
    artifacts: { put: refuse('artifacts:write'), get: refuse('artifacts:read'), erase: refuse('artifacts:erase') },
    mail: { send: refuse('mail:send') },
    states: {
      start: refuse('states:start'),
      succeedTask: refuse('states:signal'),
      describe: refuse('states:describe'),
      journey: refuse('states:history'),
    },
    flags: { snapshot: refuse('table:read'), source: refuse('flag-token:read') },
    anchors: refuse('anchors:write'),
    signer: refuse('evidence:sign'),
  };
}

/**
 * The runtime of a function in AWS, with these ports and no others; a port that is missing throws NotGranted when it is used.
 * The SDK's own variables apply: with `AWS_ENDPOINT_URL_<SERVICE>` the same clients talk to servers elsewhere.
 * @throws InvalidInput naming every variable that is missing or malformed.
 */
export function composeRuntime(
  skills: Runtime['skills'],
  ports: readonly Port[],
  variables: Variables = process.env,
): Runtime {
  const place = awsPlace(variables);
  let runtime = withoutPorts(place, skills);
  for (const port of ports) runtime = { ...runtime, ...port(place, runtime) };
  return runtime;
}
