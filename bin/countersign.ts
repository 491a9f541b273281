#!/usr/bin/env node
import { failureOf } from '../lib/cli/failure.ts';
import { createProgram } from '../lib/cli/program/create-program.ts';

try {
  await createProgram().parseAsync();
} catch (thrown) {
  const { text, exitCode } = failureOf(thrown);
  if (text !== '') console.error(text);
  process.exitCode = exitCode;
}
