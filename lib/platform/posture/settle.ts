import { addSeconds } from '../../core/instant.ts';
import { variantsOf } from '../configuration/flag-declarations.ts';
import { changeLedger, findLedger, type Ledger } from '../configuration/ledger.ts';
import { traceReferences } from '../executions/incident-packet.ts';
import { followUpIdOf, openFollowUp } from '../follow-ups/follow-up-store.ts';
import { log } from '../log.ts';
import { deliverAs } from '../mail/deliver-as.ts';
import type { Runtime } from '../runtime.ts';
import { type AnySkill, postureThresholdsOf } from '../skill/define-skill.ts';
import { attemptFlagDuty, type FlagDuty, isOpen } from './flag-duty.ts';
import type { Incident } from './incident.ts';
import { incidentMail } from './incident-mail.ts';
import { changePosture, type PostureState, readPostureState } from './posture-store.ts';

const isSame = (one: FlagDuty | undefined, other: FlagDuty): boolean =>
  one?.since === other.since && one.attempts === other.attempts;

/** Tells the flag server whether the skill is on, when the posture says that it should be told. */
async function settlePostureFlag(runtime: Runtime, skill: AnySkill): Promise<void> {
  const { flagDuty } = await readPostureState(runtime, skill.name);
  if (flagDuty === undefined || !isOpen(flagDuty, runtime)) return;
  const { enabled } = flagDuty;
  const tried = await attemptFlagDuty(runtime, flagDuty, (admin) => admin.setEnabled(skill.flag, enabled));
  await changePosture(runtime, skill.name, (current) =>
    isSame(current.flagDuty, flagDuty) ? { ...current, flagDuty: { ...tried, enabled } } : undefined,
  );
  log('info', { event: 'flag-switched', skill: skill.name, enabled, result: tried.result });
}

/** Tells the flag server that the baseline is for everybody, when a version moved. */
async function settleLedgerFlag(runtime: Runtime, skill: AnySkill): Promise<void> {
  const ledger = await findLedger(runtime, skill.name);
  if (ledger === undefined || !isOpen(ledger.flagDuty, runtime)) return;
  const { flagDuty } = ledger;
  const tried = await attemptFlagDuty(runtime, flagDuty, (admin) =>
    admin.setVariantWeights(skill.flag, variantsOf(ledger)),
  );
  await changeLedger(runtime, skill.name, (current) =>
    isSame(current.flagDuty, flagDuty) ? { ...current, flagDuty: tried } : undefined,
  );
  log('info', { event: 'flag-weights-set', skill: skill.name, result: tried.result });
}

/** Keeps the packet of an incident, opens its follow-up and mails oversight. Doing it again gives the same packet and mail. */
async function tellOversight(
  runtime: Runtime,
  skill: AnySkill,
  incident: Incident,
  flagDuty: FlagDuty | undefined,
): Promise<void> {
  const flag = flagDuty?.result ?? 'pending';
  const packet = await runtime.artifacts.put({
    schema: 'countersign/posture-incident-packet/1',
    skill: skill.name,
    flag: skill.flag,
    ...incident,
    flagServer: { ...flagDuty },
    executions: incident.executions.map((executionId) => ({ executionId, references: traceReferences(executionId) })),
  });
  const { followUpWithinSeconds: withinSeconds } = postureThresholdsOf(skill);
  await openFollowUp(runtime, {
    about: incident.incidentId,
    skill: skill.name,
    incidentId: incident.incidentId,
    title: `Incident ${incident.kind} (packet ${packet}): find the cause, and decide what runs next.`,
    openedAt: incident.at,
    withinSeconds,
  });
  const { statusUrl } = runtime.settings;
  const mail = incidentMail({
    incident,
    skill: skill.name,
    flag,
    packet,
    followUp: { id: followUpIdOf(incident.incidentId), due: addSeconds(incident.at, withinSeconds) },
    ...(statusUrl === undefined ? {} : { statusUrl: `${statusUrl}/status` }),
  });
  const name = { executionId: incident.incidentId, mailId: 'incident' };
  await deliverAs(runtime, name, { to: runtime.settings.oversightAddress, ...mail });
}

const without = <T extends Pick<Ledger | PostureState, 'pendingIncidents'>>(owing: T, told: Incident): T => ({
  ...owing,
  pendingIncidents: owing.pendingIncidents.filter(({ incidentId }) => incidentId !== told.incidentId),
});

async function settleLedgerIncidents(runtime: Runtime, skill: AnySkill): Promise<void> {
  const ledger = await findLedger(runtime, skill.name);
  for (const incident of ledger?.pendingIncidents ?? []) {
    await tellOversight(runtime, skill, incident, ledger?.flagDuty);
    await changeLedger(runtime, skill.name, (current) => without(current, incident));
  }
}

async function settlePostureIncidents(runtime: Runtime, skill: AnySkill): Promise<void> {
  const { pendingIncidents, flagDuty } = await readPostureState(runtime, skill.name);
  for (const incident of pendingIncidents) {
    await tellOversight(runtime, skill, incident, flagDuty);
    await changePosture(runtime, skill.name, (current) => without(current, incident));
  }
}

/**
 * Does what a skill's posture and its configurations owe to the world outside the table: the flag server is told first, then
 * oversight, so that oversight hears how it went. The table already keeps anything from running or being published, so
 * nothing here is needed for safety; what fails stays owed and the sweeper comes back to it.
 * @returns how many of the four parts failed.
 */
export async function settleGovernance(runtime: Runtime, skill: AnySkill): Promise<number> {
  let failures = 0;
  for (const settle of [settlePostureFlag, settleLedgerFlag, settlePostureIncidents, settleLedgerIncidents]) {
    try {
      await settle(runtime, skill);
    } catch (error) {
      failures += 1;
      const name = error instanceof Error ? error.name : 'unknown';
      log('warn', { event: 'governance-debt-stays', skill: skill.name, part: settle.name, error: name });
    }
  }
  return failures;
}
