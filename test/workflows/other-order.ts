import { sleep } from '@temporalio/workflow';

/** A workflow that sleeps before its first attempt, as no recorded history does. */
export async function delivery(): Promise<void> {
  await sleep('1 minute');
}
