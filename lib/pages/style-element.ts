import { raw } from 'hono/html';
import type { Markup } from './markup.ts';

/** A style element with a stylesheet of this code base, byte for byte: the policy allows exactly that text. */
export function rawStyle(sheet: string): Markup {
  return raw(`<style>${sheet}</style>`);
}
