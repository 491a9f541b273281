import { join } from 'node:path';
import { SystemClock } from '../../../../lib/local/clock.ts';
import { startStepFunctions } from '../../../../lib/local/states/index.ts';
import { CALLBACK, chain, ROLE } from './machines.ts';

/** Runs Step Functions in a process of its own; says on stdout where, and each function that it is asked to invoke. */
const [directory = '', answers = ''] = process.argv.slice(2);
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

const states = await startStepFunctions({
  directory,
  clock: new SystemClock(join(directory, 'clock.json')),
  machines: [{ name: 'machine', definition: chain({ Ask: CALLBACK }), roleArn: ROLE }],
  port: 0,
  invoke: (_functionArn, payload) => {
    say({ invoked: payload });
    return answers === 'answers' ? Promise.resolve({ ok: true, payload: null }) : new Promise(() => undefined);
  },
});
say({ url: states.url });
