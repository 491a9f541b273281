import { namesInWords } from '../../pages/mails/compose.ts';
import type { Case } from './case.ts';
import { openLevels, type Stage, type StageLevel } from './stage.ts';

/** The levels that the stage after this one asks, by name. */
function laterLevels(file: Case, stage: Stage): readonly string[] {
  const next = file.result?.plan?.stages.find((one) => one.stage === stage.stage + 1);
  return next?.levels.map((level) => level.name) ?? [];
}

/** `Legal`, `Legal and Finance`, with the verb that fits. */
function isAsked(names: readonly string[]): string {
  return `${namesInWords(names)} ${names.length === 1 ? 'is' : 'are'} asked`;
}

/** What follows an approved stage, as a clause. */
function afterStage(file: Case, stage: Stage): string {
  const later = laterLevels(file, stage);
  if (later.length === 0) return 'the request is approved; its outcome is published and mailed to the requester';
  const asked = `${isAsked(later)} (stage ${stage.stage + 1} of ${stage.of})`;
  return file.earlier === undefined ? asked : `${asked}, unless approvals of the earlier request still count`;
}

function asSentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

function otherOpenLevels(stage: Stage, level: StageLevel): readonly string[] {
  return openLevels(stage)
    .filter((one) => one.levelId !== level.levelId)
    .map((one) => one.name);
}

/** What happens once a level approves, as long as it is open. */
export function nextSentence(file: Case, stage: Stage, level: StageLevel): string {
  if (stage.kind === 'oversight') return 'The execution ends. Nothing of it is published.';
  const others = otherOpenLevels(stage, level);
  return others.length === 0
    ? asSentence(afterStage(file, stage))
    : `${asSentence(`${isAsked(others)} at the same time`)} When every level approves, ${afterStage(file, stage)}.`;
}

/** What comes next after a decision, by what it settled. */
export function outlookSentence(file: Case, stage: Stage, level: StageLevel): string {
  switch (stage.outcome) {
    case 'open':
      return level.result === 'open'
        ? 'Others on this level have yet to decide.'
        : `Others are still asked at the same time: ${namesInWords(otherOpenLevels(stage, level))}.`;
    case 'approved':
      return asSentence(afterStage(file, stage));
    case 'rejected':
      return 'The request ends as rejected, and the requester is mailed the reason.';
    case 'changes-requested':
      return 'The request goes back to the requester, who is mailed what has to change.';
    case 'expired':
      return 'A deadline was missed: the request has expired, and the requester is mailed.';
    case 'withdrawn':
      return 'The request was withdrawn.';
    case 'closed-by-oversight':
      return 'The execution ends. Nothing of it is published.';
    case 'abandoned':
      return 'The execution had ended before the stage was settled; whoever runs Countersign has been told.';
  }
}
