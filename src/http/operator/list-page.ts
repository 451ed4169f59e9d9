import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../server/errors/problem.ts';
import { ListReader } from './list-reader.ts';
import { pageQuery } from './list-schemas.ts';
import { isUuid, writeCursor } from './page.ts';
import { type List, namesOf } from './route.ts';

/** A page of an account's list without filters, newest first, along the ids of its items. */
export async function answerPage<Item, Json>(
  request: FastifyRequest<List>,
  reply: FastifyReply,
  list: (
    accountId: string,
    limit: number,
    before: string | null,
  ) => Promise<{ items: Item[]; cursor: unknown }>,
  toJson: (item: Item) => Json,
): Promise<{ items: Json[]; next_cursor: string | null } | FastifyReply> {
  const reader = new ListReader(request.query, namesOf(pageQuery));
  const { limit, cursor: before } = reader.page(isUuid);
  if (reader.rejection !== null) return sendProblem(reply, reader.rejection);
  const { items, cursor } = await list(request.owner.accountId, limit, before);
  return { items: items.map((item) => toJson(item)), next_cursor: writeCursor(cursor) };
}
