/** The code of all workflows, bundled for Temporal's sandbox. */
export function bundleWorkflows(): Promise<string>;
