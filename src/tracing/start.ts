import type { Tracing, TracingSettings } from './tracing.ts';

/** The SDK is loaded when somebody wants traces, and not before. */
export async function startTracing(settings: TracingSettings): Promise<Tracing> {
  const [{ createTracing }, { openExport }] = await Promise.all([
    import('./spans.ts'),
    import('./export.ts'),
  ]);
  return createTracing(openExport(settings));
}
