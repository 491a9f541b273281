import { join } from 'node:path';
import { SystemClock } from '../../../../lib/local/clock.ts';
import { startStepFunctions } from '../../../../lib/local/states/index.ts';
import { INVOKE, mapOver, ROLE } from './machines.ts';

/** Runs a Map, one child at a time, in a process of its own; answers for the items named, and never for any other. */
const [directory = '', ...answered] = process.argv.slice(2);
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
const each = { ...mapOver({ Work: { ...INVOKE, OutputPath: '$.value', End: true } }), MaxConcurrency: 1 };

const states = await startStepFunctions({
  directory,
  clock: new SystemClock(join(directory, 'clock.json')),
  machines: [{ name: 'machine', definition: { StartAt: 'Each', States: { Each: each } }, roleArn: ROLE }],
  port: 0,
  invoke: (_functionArn, payload) => {
    say({ invoked: payload });
    return answered.includes(String(payload)) ? Promise.resolve({ ok: true, payload }) : new Promise(() => undefined);
  },
});
say({ url: states.url });
