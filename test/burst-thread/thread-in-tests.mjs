// Answers as the thread does: the burst's id says how.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ kind, id, input }) => {
  if (kind === 'stop') parentPort.close();
  else if (kind === 'metrics') parentPort.postMessage({ kind: 'metrics', id, told: [{ name: 'made' }] });
  else if (input.burst === 'dies') process.exit(7);
  else if (input.burst === 'throws')
    setImmediate(() => {
      throw new Error('out of memory');
    });
  else if (input.burst === 'fails') parentPort.postMessage({ kind: 'failed', id, message: 'no database' });
  else {
    for (const news of ['poke', 'pass_on']) parentPort.postMessage({ kind: news });
    parentPort.postMessage({ kind: 'offer', deliveries: [{ id: 'dlv_1', deliverAt: new Date(0) }] });
    const made = {
      settled: 1,
      handedOver: 0,
      parked: 0,
      log: { [input.burst]: 'succeeded' },
      unrecorded: [],
    };
    setTimeout(() => parentPort.postMessage({ kind: 'made', id, made }), input.burst === 'late' ? 50 : 0);
  }
});
