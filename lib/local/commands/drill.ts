import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skills } from '#skills';
import { verifyEvidence } from '../../platform/evidence/verify.ts';
import { engineVersions } from '../../platform/executions/engine-versions.ts';
import { readPostureState } from '../../platform/posture/posture-store.ts';
import { postureThresholdsOf } from '../../platform/skill/define-skill.ts';
import { ApiRefused, type ExecutionView } from '../api-client.ts';
import { DrillRoom, type Version, variantsInForce } from '../drill/drill-room.ts';
import { findDrill } from '../drill/find-drill.ts';
import { Timeline } from '../drill/timeline.ts';
import { startLocalSystem } from '../system.ts';

/** One account sends its poisonous input this often. */
const POISONOUS = 5;

const posture = async ({ system, skill }: DrillRoom) => readPostureState(system.runtime, skill.name);

async function checkPosture(room: DrillRoom, wanted: string): Promise<void> {
  const { posture: now, moves } = await posture(room);
  const because = moves.at(-1)?.because;
  room.timeline.check(`posture: ${now}${because === undefined ? '' : ` (${because})`}`, now === wanted);
}

async function checkTakenOut(room: DrillRoom, candidate: Version, baseline: Version): Promise<void> {
  const status = await room.statusOf(candidate.version);
  room.timeline.check(`candidate ${candidate.version}: ${status}`, status === 'retired');
  const { version } = await room.baseline();
  room.timeline.check(`baseline: ${version}`, version === baseline.version);
}

async function checkFlag(room: DrillRoom, on: boolean, baseline: Version): Promise<void> {
  await room.system.runSchedules();
  const flag = await variantsInForce(room);
  const named = flag.versions.join(', ');
  room.timeline.check(`flag: ${flag.on ? 'on' : 'off'}, for ${named}`, flag.on === on && named === baseline.version);
}

async function checkMail(room: DrillRoom, about: string): Promise<void> {
  const subject = await room.incidentMail(about);
  room.timeline.check(`mail to oversight: ${subject ?? 'none'}`, subject !== undefined);
}

async function failOn(room: DrillRoom, accountId: string): Promise<void> {
  const { outcome, gates } = await room.fail(accountId);
  const code = gates.flatMap(({ reasons }) => reasons)[0]?.code ?? 'nothing';
  room.timeline.check(`${accountId}: ${outcome} by ${code}`, outcome === 'blocked' && code === 'BudgetExceeded');
}

/** One account's poison rolls nothing back; failures of several accounts take the candidate out. */
async function takeOutCandidate(room: DrillRoom, candidate: Version, baseline: Version, victims: readonly string[]) {
  const { timeline } = room;
  const [poisonous = '', second = '', third = ''] = victims;
  timeline.part(`One account sends the same bad request ${POISONOUS} times`);
  for (let time = 0; time < POISONOUS; time += 1) await failOn(room, poisonous);
  await checkPosture(room, 'normal');
  timeline.check('the candidate still runs', (await room.statusOf(candidate.version)) === 'candidate');

  timeline.part('Other accounts meet the same fault');
  await failOn(room, second);
  await checkPosture(room, 'elevated');
  await failOn(room, third);
  await checkTakenOut(room, candidate, baseline);
  await checkFlag(room, true, baseline);
  await checkMail(room, 'candidate');
  const again = await room.versionFor(poisonous);
  timeline.check(`${poisonous} runs on ${again} again`, again === baseline.version);
}

/** A second bad candidate within the window brings the posture to critical: publishing stops. */
async function stopPublishing(
  room: DrillRoom,
  second: Version,
  baseline: Version,
  victim: string,
  held: ExecutionView,
) {
  const { timeline } = room;
  timeline.part('The second candidate fails as well');
  await failOn(room, victim);
  await checkPosture(room, 'critical');
  await checkTakenOut(room, second, baseline);
  await checkFlag(room, false, baseline);
  await checkMail(room, 'stopped');
  const refusal = await room.send(room.drill.approvable(victim)).catch((error: unknown) => error);
  timeline.check('new requests are refused (409)', refusal instanceof ApiRefused && refusal.status === 409);
  await room.approve(held);
  const { executionId } = held;
  const comes = await room.comesTo(executionId, 'Publish');
  const { outcome } = await room.api.execution(executionId);
  timeline.check('its publication is held', comes && outcome === undefined);
}

async function calmDown(room: DrillRoom, baseline: Version, held: ExecutionView): Promise<void> {
  const { timeline, api, skill } = room;
  const { calmAfterSeconds } = postureThresholdsOf(skill);
  timeline.part('Quiet, twice as long as the skill declares (time is skipped)');
  await api.skipTime(calmAfterSeconds + 60);
  await room.system.runSchedules();
  await checkPosture(room, 'elevated');
  await checkFlag(room, true, baseline);
  // The state machine looks again every five minutes.
  await api.skipTime(600);
  const { outcome } = await api.until(held.executionId, ({ outputs }) => outputs !== undefined, 'ended');
  timeline.check(`the held publication goes on: ${outcome}`, outcome === 'published');
  const report = await verifyEvidence(await api.evidence(held.executionId), { skills, versions: engineVersions });
  timeline.check('its evidence holds', report.ok);
  await api.skipTime(calmAfterSeconds + 60);
  await room.system.runSchedules();
  await checkPosture(room, 'normal');
}

async function play(room: DrillRoom): Promise<void> {
  const { timeline, drill } = room;
  const baseline = await room.baseline();
  const configuration = await room.system.runtime.artifacts.get(baseline.digest);
  const [first, second] = drill.candidates(configuration);
  timeline.part('A candidate that passes every suite and is bad all the same');
  timeline.note(`The baseline is ${baseline.version}.`);
  const candidate = await room.ship(first);
  const victims = await room.accountsOn(candidate.version);
  const spared = await room.accountsOn(baseline.version);
  timeline.check(`${victims.length} accounts run on it, ${spared.length} on the baseline`, victims.length >= 4);
  if (!timeline.ok) return;
  const held = await room.ask(spared[0] ?? '');
  timeline.note(`${held.executionId} waits for an approval on the baseline.`);
  await takeOutCandidate(room, candidate, baseline, victims);

  timeline.part('Somebody ships a hurried mend');
  const hurried = await room.ship(second);
  if (!timeline.ok) return;
  const others = (await room.accountsOn(hurried.version)).filter((id) => !victims.slice(0, 3).includes(id));
  await stopPublishing(room, hurried, baseline, others[0] ?? '', held);
  await calmDown(room, baseline, held);

  timeline.part('Everything is as before');
  const last = await room.ask(victims[0] ?? '');
  timeline.check(
    `a new request runs on ${last.configuration.version}`,
    last.configuration.version === baseline.version,
  );
  await checkFlag(room, true, baseline);
}

/** `npm run drill`: a bad candidate on a fresh system, from its rollout to the rollback and back to normal, before your eyes. */
export async function drill(options: { readonly json?: boolean }): Promise<void> {
  const found = await findDrill(skills);
  const directory = mkdtempSync(join(tmpdir(), 'countersign-drill-'));
  const system = await startLocalSystem({
    directory,
    ports: { auto: true },
    onProgress: (message) => console.error(message),
  });
  const timeline = new Timeline(
    () => system.runtime.clock.now(),
    (line) => console.log(line),
  );
  try {
    await play(new DrillRoom(system, found.skill, found.drill, timeline));
  } finally {
    await system.close();
    rmSync(directory, { recursive: true, force: true });
  }
  const { ok, steps } = timeline;
  console.log(ok ? '\nThe drill went as it should.' : '\nSomething did not go as it should; see the lines marked ✗.');
  if (options.json === true) console.log(JSON.stringify({ drill: { skill: found.skill.name, ok, steps } }));
  if (!ok) process.exitCode = 1;
}
