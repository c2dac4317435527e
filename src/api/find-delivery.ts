import { attemptsOf, type DeliveryRow, findDelivery } from '../db/deliveries.ts';
import { notFound } from '../domain/errors.ts';
import { type DeliveryAnswer, toDeliveryAnswer } from './delivery-view.ts';
import type { ApiDeps } from './deps.ts';

/** @throws {AppError} 404 */
export async function findOr404(
  { pool }: Pick<ApiDeps, 'pool'>,
  accountId: string,
  id: string,
): Promise<DeliveryRow> {
  const delivery = await findDelivery(pool, accountId, id);
  if (!delivery) throw notFound('delivery', id);
  return delivery;
}

/** Reads one delivery with everything that is kept of it. @throws {AppError} 404 */
export async function showDelivery(
  deps: Pick<ApiDeps, 'pool'>,
  accountId: string,
  id: string,
): Promise<DeliveryAnswer> {
  const row = await findOr404(deps, accountId, id);
  return toDeliveryAnswer(row, await attemptsOf(deps.pool, accountId, [id], { withResponses: true }));
}
