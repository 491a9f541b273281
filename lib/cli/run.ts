import { skills } from '#skills';
import { digestOf } from '../core/digest.ts';
import { loadDirectory } from '../core/directory/load.ts';
import { InvalidInput, NotFound } from '../core/errors.ts';
import { type Instant, instant } from '../core/instant.ts';
import { parseWith } from '../core/zod-problems.ts';
import { type HandoffPacket, handoffPacket } from '../platform/contracts/outputs.ts';
import { runSkill } from '../platform/executions/run-skill.ts';
import { findSkill } from '../platform/skill/define-skill.ts';
import { shippedReferences } from '../platform/skill/shipped-references.ts';
import { readDocument } from './read-document.ts';
import { readRequest } from './request-file.ts';

interface RunOptions {
  readonly input: string;
  readonly requester?: string;
  readonly instant?: string;
  readonly policy?: string;
  readonly directory?: string;
}

function missingRequester(): never {
  throw new InvalidInput('The requester is not named.', [
    {
      pointer: '/requester',
      code: 'missing-field',
      message: 'The input file is a bare request, so it does not say who makes it.',
      mend: 'Name a person of the directory with --requester.',
    },
  ]);
}

/** The instant that the command line names. @throws InvalidInput when it is none. */
function instantOf(text: string): Instant {
  try {
    return instant(text);
  } catch (cause) {
    const message = `"${text}" is not an instant in UTC.`;
    const mend = 'Write it as 2026-11-03T09:00:00Z.';
    throw new InvalidInput(
      'The instant cannot be read.',
      [{ pointer: '/instant', code: 'invalid-format', message, mend }],
      {
        cause,
      },
    );
  }
}

/** `countersign run`: computes a skill's bundle from files alone and prints it with its digest. */
export async function run(named: string, options: RunOptions): Promise<void> {
  const skill = findSkill(skills, named);
  if (skill === undefined)
    throw new NotFound(`There is no skill ${named}. There are: ${skills.map(({ name }) => name).join(', ')}.`);
  const { envelope, requester } = readRequest(options.input);
  const directory = loadDirectory(
    options.directory === undefined ? skill.referenceDirectory() : readDocument(options.directory),
  );
  const configuration = options.policy === undefined ? skill.baselineConfiguration() : readDocument(options.policy);
  const input = parseWith(skill.input, envelope.input, 'The input', '/input');
  const result = await runSkill(skill, {
    input: envelope.input,
    configuration,
    directory,
    requester: { personId: options.requester ?? requester ?? missingRequester() },
    instant: options.instant === undefined ? new Date().toISOString() : instantOf(options.instant),
    references: shippedReferences(skills, skill, input),
    ...(envelope.handoffPacket === undefined
      ? {}
      : { handedOver: parseWith<HandoffPacket>(handoffPacket, envelope.handoffPacket, 'The handoff packet') }),
  });
  console.log(JSON.stringify({ ...result, digest: digestOf(result) }, null, 2));
}
