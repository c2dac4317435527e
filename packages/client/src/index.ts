export type { components, operations, paths } from './api.ts';
export { type ClientOptions, createClient, dataOf, type PosthasteClient } from './client.ts';
export { eventsIn, type ServerSentEvent } from './event-stream.ts';
export { type Following, follow } from './follow.ts';
export { eachItem, type Page } from './pages.ts';
export { type FieldProblem, PosthasteError, UNREACHABLE } from './problem.ts';
