import { cleanText, oneLine, shortened } from '../clean-text.ts';
import { type Markup, markup, safeUrl } from '../markup.ts';
import type { RequestView } from '../views.ts';
import type { RenderedMail } from './mail.ts';

/** A part of a mail. Both forms of the mail are written from the same parts, so neither says more than the other. */
export type MailBlock =
  | { readonly block: 'paragraph'; readonly text: string }
  | { readonly block: 'facts'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | { readonly block: 'list'; readonly title: string; readonly items: readonly string[] }
  | { readonly block: 'quote'; readonly title: string; readonly text: string }
  | { readonly block: 'code'; readonly label: string; readonly code: string }
  | { readonly block: 'link'; readonly label: string; readonly url: string; readonly note: string };

export interface MailContent {
  readonly subject: string;
  readonly heading: string;
  readonly blocks: readonly MailBlock[];
  readonly executionId: string;
}

/** A block of text, or none where there is nothing to say. */
export function list(title: string, items: readonly string[]): readonly MailBlock[] {
  return items.length === 0 ? [] : [{ block: 'list', title, items }];
}

export function quote(title: string, text: string | undefined): readonly MailBlock[] {
  return text === undefined || text.trim() === '' ? [] : [{ block: 'quote', title, text }];
}

/** The way to an execution: a link to its page, or its id where people can open no page of it. */
export function statusLink(executionId: string, url: string | undefined): MailBlock {
  if (url === undefined) return { block: 'facts', rows: [['Execution', executionId]] };
  return { block: 'link', label: 'See the execution', url, note: 'Opening this link decides nothing.' };
}

export function paragraph(text: string): MailBlock {
  return { block: 'paragraph', text };
}

/** `Discount for Northwind Traders, asked by Ada Lovelace`: each part cut so that a subject stays readable. */
export function subjectOf(request: RequestView): string {
  const { kind, accountName, requesterName } = request;
  return `${shortened(kind, 40)} for ${shortened(accountName, 60)}, asked by ${shortened(requesterName, 40)}`;
}

/** Names as a sentence lists them: `Ada, Grace and Edsger`. */
export function namesInWords(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? 'nobody') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/**
 * People's words as a mail may repeat them. Mail programs make links of whatever looks like one, and a mail from here is
 * trusted: what people wrote must not become a link in it.
 */
function defused(text: string): string {
  return cleanText(text)
    .replace(/([a-z][a-z0-9+.-]*):\/\//gi, '$1[:]//')
    .replace(/\bwww\./gi, 'www[.]');
}

const line = (text: string): string => oneLine(defused(text));

function textOf(block: MailBlock): string {
  switch (block.block) {
    case 'paragraph':
      return line(block.text);
    case 'facts':
      return block.rows.map(([label, value]) => `${label}: ${line(value)}`).join('\n');
    case 'list':
      return [`${block.title}:`, ...block.items.map((item) => `- ${line(item)}`)].join('\n');
    case 'quote':
      return [
        `${block.title}:`,
        ...defused(block.text)
          .split('\n')
          .map((part) => `> ${part}`),
      ].join('\n');
    case 'code':
      return `${block.label}: ${line(block.code)}`;
    case 'link':
      return `${block.label}:\n${safeUrl(block.url)}\n\n${block.note}`;
  }
}

const rule = 'border-left:3px solid #0f7a63;margin:0 0 16px;padding:2px 0 2px 12px';
const small = 'font-size:14px;line-height:1.5;margin:0 0 16px';

function htmlOf(block: MailBlock): Markup {
  switch (block.block) {
    case 'paragraph':
      return markup`<p style="margin:0 0 16px">${line(block.text)}</p>`;
    case 'facts':
      return markup`<p style="${rule}">${block.rows.map(([label, value], at) => markup`${at > 0 && markup`<br>`}${label}: <strong>${line(value)}</strong>`)}</p>`;
    case 'list':
      return markup`<p style="margin:0 0 4px">${block.title}:</p><ul style="margin:0 0 16px;padding-left:20px">${block.items.map((item) => markup`<li>${line(item)}</li>`)}</ul>`;
    case 'quote':
      return markup`<p style="margin:0 0 4px">${block.title}:</p><blockquote style="${rule};white-space:pre-line">${defused(block.text)}</blockquote>`;
    case 'code':
      return markup`<p style="margin:24px 0 16px">${block.label}: <strong style="font-size:28px;letter-spacing:.18em">${line(block.code)}</strong></p>`;
    case 'link': {
      const url = safeUrl(block.url);
      return markup`<p style="margin:24px 0 16px"><a href="${url}" style="background:#0b5c4d;border:1px solid #0b5c4d;border-radius:6px;color:#ffffff;display:inline-block;font-weight:bold;padding:12px 20px;text-decoration:none">${block.label}</a></p><p style="${small}">${block.note}</p><p style="${small};word-break:break-all">If the button does not work, copy this address:<br>${url}</p>`;
    }
  }
}

/**
 * Writes a mail in both forms. No picture, no tracking, no table; no background but the button's, so that programs with a
 * dark scheme can turn the colours themselves.
 */
export function composeMail(content: MailContent): RenderedMail {
  const subject = line(content.subject);
  const closing = `Sent by Countersign for execution ${content.executionId}. Nobody reads replies to this address.`;
  const text = [line(content.heading), ...content.blocks.map(textOf), `-- \n${closing}`].join('\n\n');
  const html = markup`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><meta name="format-detection" content="telephone=no"><title>${subject}</title></head>
<body style="margin:0;padding:0">
<div role="article" lang="en" style="font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;margin:0 auto;max-width:560px;padding:24px 16px">
<p style="font-family:Charter,Georgia,serif;font-weight:bold;letter-spacing:.02em;margin:0 0 24px">Countersign</p>
<h1 style="font-family:Charter,Georgia,serif;font-size:22px;line-height:1.3;margin:0 0 16px">${line(content.heading)}</h1>
${content.blocks.map(htmlOf)}
<p style="border-top:1px solid #8a8f94;font-size:13px;line-height:1.5;margin:32px 0 0;padding-top:12px">${closing}</p>
</div>
</body>
</html>
`;
  return {
    subject,
    text: `${text}\n`,
    html: html.toString(),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply' },
  };
}
