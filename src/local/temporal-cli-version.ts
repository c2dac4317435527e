/** The newest that `go install` can build by its module path: later ones carry a replace directive. */
export const TEMPORAL_CLI_VERSION = 'v1.5.1';
