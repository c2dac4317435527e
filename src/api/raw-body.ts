import express, { type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import { AppError } from '../domain/errors.ts';

/**
 * Reads a body as it comes, for {@link bytesOf}. Nothing is decompressed, so nothing can grow.
 *
 * @param limit of its length, as in `1mb`
 */
export function readRawBody(limit: string): RequestHandler {
  return express.raw({ type: () => true, limit, inflate: false });
}

/** The bytes that were read; none when there was no body. */
export function bytesOf(request: Pick<Request, 'body'>): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** What the body reader found wrong (too long, cut short, an unknown encoding), as an error of ours. */
export const unreadBody: ErrorRequestHandler = (
  error: Error & { status?: unknown },
  _request,
  _response,
  next,
) => {
  const { status } = error;
  const isTheirs = !(error instanceof AppError) && typeof status === 'number' && status < 500;
  next(
    isTheirs
      ? new AppError(status, 'invalid_request', `The body could not be read: ${error.message}.`)
      : error,
  );
};
