import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skills } from '#skills';
import { ApiClient } from '../api-client.ts';
import { bundledExamples } from '../examples.ts';
import { type PlayedExample, playExample } from '../play-example.ts';
import { type ChangeStep, findChangeDrill, type NamedPlay, playPolicyChange } from '../play-policy-change.ts';
import { startLocalSystem } from '../system.ts';

interface DemoOptions {
  readonly json?: boolean;
  readonly keep?: boolean;
}

/** Cuts or fills a text to a width. */
const column = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

const HEADING = `${column('Example', 52)} ${column('Outcome', 18)} ${column('Levels', 6)} ${column('Decisions', 9)} Evidence`;

function row(title: string, played: PlayedExample, asExpected: boolean): string {
  const evidence = `${played.verified ? 'verified' : 'DOES NOT HOLD'}${asExpected ? '' : '  (not as the example expects)'}`;
  return `${column(title, 52)} ${column(played.outcome, 18)} ${column(String(played.levels), 6)} ${column(String(played.decisions), 9)} ${evidence}`;
}

/** `npm run demo`: a fresh system on free ports, every example from request to verified evidence, a change of rules until it is taken back, then everything stops. */
export async function demo(options: DemoOptions): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-demo-'));
  const system = await startLocalSystem({
    directory,
    ports: { auto: true },
    onProgress: (message) => console.error(message),
  });
  const plays: NamedPlay[] = [];
  const steps: ChangeStep[] = [];
  try {
    const api = new ApiClient(system.apiUrl);
    console.log(`\n${HEADING}`);
    for (const bundled of bundledExamples(skills)) {
      const played = await playExample(api, system.inboxUrl, skills, bundled);
      const { outcome, levels, decisions } = bundled.example.expected;
      const asExpected = played.outcome === outcome && played.levels === levels && played.decisions === decisions;
      console.log(row(bundled.example.title, played, asExpected));
      if (!asExpected || !played.verified) process.exitCode = 1;
      plays.push({ ...played, example: bundled.name });
    }
    const drill = await findChangeDrill(skills);
    if (drill !== undefined) steps.push(...(await playPolicyChange(system, skills, drill, plays)));
  } finally {
    await system.close();
    if (options.keep === true) console.error(`\nThe state is kept in ${directory}`);
    else rmSync(directory, { recursive: true, force: true });
  }
  if (steps.length > 0) console.log('\nAfter a change of rules was published');
  for (const { what, ok } of steps) console.log(`  ${ok ? '✓' : '✗'} ${what}`);
  if (steps.some(({ ok }) => !ok)) process.exitCode = 1;
  const executions = plays.map(({ example: _, ...played }): PlayedExample => played);
  console.log(
    `\n${executions.length} executions, ${executions.filter(({ verified }) => verified).length} verified offline.`,
  );
  if (options.json === true) console.log(JSON.stringify({ executions, change: steps }));
}
