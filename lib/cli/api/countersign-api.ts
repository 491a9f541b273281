import * as z from 'zod';
import * as api from '../../platform/contracts/api.ts';
import { erasureAnswer, type erasureOrder } from '../../platform/contracts/erasure.ts';
import { followUp, followUpList } from '../../platform/contracts/follow-up.ts';
import { handoffAnswer, handoffEventAnswer, queue, queueList } from '../../platform/contracts/handoff.ts';
import { type postureOrder, postureView } from '../../platform/contracts/posture.ts';
import { readAnswer } from './read-answer.ts';
import type { ApiRequest, ApiTransport } from './transport.ts';

export type ExecutionView = z.infer<typeof api.executionView>;
export type ExecutionTrace = z.infer<typeof api.executionTrace>;
export type Preview = z.infer<typeof api.preview>;

/** What is a page for people comes as JSON. */
const AS_JSON = { accept: 'application/json' } as const;

const segment = (text: string): string => encodeURIComponent(text);
const execution = (id: string): string => `/executions/${segment(id)}`;

/** Leaves out what was not said. */
export function given(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** The API of an environment, call by call. Every call throws as `readAnswer` does. */
export class CountersignApi {
  readonly #transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.#transport = transport;
  }

  async #ask<T>(schema: z.ZodType<T>, request: ApiRequest): Promise<T> {
    return readAnswer(schema, await this.#transport.send(request), request);
  }

  /** Starts an execution. The same key with the same body starts nothing twice. */
  start(skill: string, envelope: unknown, options: { readonly key: string; readonly onBehalfOf?: string | undefined }) {
    const headers = { 'idempotency-key': options.key, ...given({ 'countersign-on-behalf-of': options.onBehalfOf }) };
    const path = `/skills/${segment(skill)}/executions`;
    return this.#ask(api.executionAccepted, { method: 'POST', path, headers, body: envelope });
  }

  /** Computes what an execution would, and starts nothing. */
  preview(skill: string, envelope: unknown, options: { readonly onBehalfOf?: string | undefined }): Promise<Preview> {
    const headers = given({ 'countersign-on-behalf-of': options.onBehalfOf });
    return this.#ask(api.preview, {
      method: 'POST',
      path: `/skills/${segment(skill)}/preview`,
      headers,
      body: envelope,
    });
  }

  execution(id: string): Promise<ExecutionView> {
    return this.#ask(api.executionView, { method: 'GET', path: execution(id) });
  }

  executions(query: Readonly<Record<string, string>>) {
    return this.#ask(api.executionList, { method: 'GET', path: '/executions', query });
  }

  trace(id: string): Promise<ExecutionTrace> {
    return this.#ask(api.executionTrace, { method: 'GET', path: `${execution(id)}/trace` });
  }

  /** The evidence packet, unread: `countersign verify` judges it. */
  evidence(id: string): Promise<unknown> {
    return this.#ask(z.looseObject({}), { method: 'GET', path: `${execution(id)}/evidence` });
  }

  withdraw(id: string) {
    return this.#ask(api.withdrawalAccepted, { method: 'POST', path: `${execution(id)}/withdraw` });
  }

  retry(id: string) {
    return this.#ask(api.executionAccepted, { method: 'POST', path: `${execution(id)}/retry` });
  }

  handoff(id: string) {
    return this.#ask(handoffAnswer, { method: 'GET', path: `${execution(id)}/handoff` });
  }

  /** Sends an event to a handoff; the same event again changes nothing. */
  sendHandoffEvent(id: string, event: unknown) {
    return this.#ask(handoffEventAnswer, { method: 'POST', path: `${execution(id)}/handoff/events`, body: event });
  }

  /** Erases the payload on record; asking again finishes what was broken off. */
  eraseHandoff(id: string, order: z.input<typeof erasureOrder>) {
    return this.#ask(erasureAnswer, { method: 'POST', path: `${execution(id)}/handoff/erasure`, body: order });
  }

  queues() {
    return this.#ask(queueList, { method: 'GET', path: '/queues', headers: AS_JSON });
  }

  queue(party: string) {
    return this.#ask(queue, { method: 'GET', path: `/queues/${segment(party)}`, headers: AS_JSON });
  }

  posture(skill: string) {
    return this.#ask(postureView, { method: 'GET', path: `/skills/${segment(skill)}/posture` });
  }

  setPosture(skill: string, order: z.input<typeof postureOrder>) {
    return this.#ask(postureView, { method: 'POST', path: `/skills/${segment(skill)}/posture`, body: order });
  }

  followUps(query: Readonly<Record<string, string>>) {
    return this.#ask(followUpList, { method: 'GET', path: '/follow-ups', query });
  }

  closeFollowUp(id: string, note: string) {
    return this.#ask(followUp, { method: 'POST', path: `/follow-ups/${segment(id)}/done`, body: { note } });
  }
}
