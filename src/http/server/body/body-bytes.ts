/** Reads bodies into memory: at most so many bytes for each request, and for all requests together. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { reject } from '../../../core/updates/rejection.ts';
import { announcesBody, bodyBytesMax, bodyTooLarge } from './body.ts';
import { UnreadableBody } from './unreadable-body.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** whose share of the memory for bodies this request uses: its webhook, account or address */
    bodyOwner: string | null;
    /** the memory that its body takes */
    bodyShare: Share | null;
  }
}

const mebibyte = 1 << 20;
/** Four of the largest batches. A single postback has 64 KiB at most, and is counted separately. */
const largeBytesMax = 64 * mebibyte;
const smallBytesMax = 64 * mebibyte;

/**
 * The bytes of bodies that are being read or processed. Large and small bodies have a budget each, so batches never stop
 * single postbacks; one owner gets half of a budget.
 */
export class BodyBytes {
  readonly #large = new Budget(largeBytesMax);
  readonly #small = new Budget(smallBytesMax);

  get inFlight(): number {
    return this.#large.used + this.#small.used;
  }

  /** For a scope that reads bodies: their bytes count until the response is sent or the connection is closed. */
  releaseAfterResponse(scope: FastifyInstance): void {
    scope.decorateRequest('bodyOwner', null);
    scope.decorateRequest('bodyShare', null);
    scope.addHook('onRequest', (request, reply, done) => {
      if (request.method !== 'GET' || announcesBody(request.headers))
        reply.raw.on('close', () => request.bodyShare?.release());
      done();
    });
  }

  /** @throws UnreadableBody for a body that is too large or breaks off, or for which there is no memory now */
  read(request: FastifyRequest, bytesMax = bodyBytesMax): Promise<Buffer> {
    const { raw, sourceIp, bodyOwner } = request;
    const share = new Share(bytesMax > bodyBytesMax ? this.#large : this.#small, bodyOwner ?? sourceIp);
    return new Promise((resolve, rejectRead) => {
      const chunks: Buffer[] = [];
      const finish = () => raw.off('data', take).off('end', end).off('error', fail);
      const fail = (error: unknown) => {
        finish();
        raw.on('error', () => {});
        raw.resume(); // the rest is dropped, if the connection stays
        rejectRead(error instanceof UnreadableBody ? error : new UnreadableBody(brokenOff()));
      };
      const take = (chunk: Buffer) => {
        if (share.bytes + chunk.length > bytesMax) return fail(new UnreadableBody(bodyTooLarge()));
        if (!share.take(chunk.length)) return fail(new UnreadableBody(noMemory()));
        chunks.push(chunk);
      };
      const end = () => {
        finish();
        resolve(
          chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, share.bytes),
        );
      };
      if (Number(raw.headers['content-length'] ?? 0) > bytesMax)
        return fail(new UnreadableBody(bodyTooLarge()));
      request.bodyShare = share;
      raw.on('data', take).on('end', end).on('error', fail); // `once` would wrap each of them
    });
  }
}

/** What one request takes of a budget. */
class Share {
  readonly #budget: Budget;
  readonly #owner: string;
  bytes = 0;

  constructor(budget: Budget, owner: string) {
    this.#budget = budget;
    this.#owner = owner;
  }

  /** @returns false where there is no room; then nothing is taken */
  take(bytes: number): boolean {
    const hasRoom = this.#budget.take(this.#owner, bytes);
    if (hasRoom) this.bytes += bytes;
    return hasRoom;
  }

  release(): void {
    this.#budget.release(this.#owner, this.bytes);
  }
}

class Budget {
  readonly #bytesMax: number;
  readonly #byOwner = new Map<string, number>();
  used = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** @returns false where there is no room; then nothing is taken */
  take(owner: string, bytes: number): boolean {
    const own = (this.#byOwner.get(owner) ?? 0) + bytes;
    if (this.used + bytes > this.#bytesMax || own > this.#bytesMax / 2) return false;
    this.#byOwner.set(owner, own);
    this.used += bytes;
    return true;
  }

  release(owner: string, bytes: number): void {
    const own = (this.#byOwner.get(owner) ?? 0) - bytes;
    if (own > 0) this.#byOwner.set(owner, own);
    else this.#byOwner.delete(owner);
    this.used -= bytes;
  }
}

function noMemory() {
  const detail = 'Too many large requests are being read: nothing was done. Send fewer at once.';
  return reject('store_unavailable', detail);
}

function brokenOff() {
  return reject('malformed_body', 'The body ended early: send all that Content-Length says.');
}
