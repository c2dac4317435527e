import type { Command } from 'commander';
import { CommandError } from './exit-codes.ts';
import { commaList, repeated, wholeNumber } from './listing.ts';

export interface SettingOptions {
  events?: string[];
  description?: string;
  header?: string[];
  retrySchedule?: string[];
  retryOn?: string[];
  timeout?: number;
  maxConcurrency?: number;
  ordered?: boolean;
}

/** The settings of an endpoint that are given the same way when it is made and when it is changed. */
export function withSettings(command: Command): Command {
  return command
    .option(
      '--events <types>',
      'types or patterns, by commas: order.completed,contact.* (default: *)',
      commaList,
    )
    .option('--description <text>', 'what it is, for people')
    .option('--header <name=value>', 'a header of your own; again for more', repeated)
    .option(
      '--retry-schedule <seconds>',
      'waits after failed attempts, by commas; "none" for no retries',
      commaList,
    )
    .option('--retry-on <statuses>', '4xx statuses that are retried, by commas', commaList)
    .option('--timeout <ms>', 'deadline of one attempt', wholeNumber)
    .option('--max-concurrency <count>', 'attempts under way at a time', wholeNumber)
    .option('--ordered', 'deliver events of one ordering key one after the other')
    .option('--no-ordered', 'side by side again');
}

/** Those that were given, as the API names them. */
export function settingsOf(options: SettingOptions) {
  const { events, description, header, retrySchedule, retryOn, timeout, maxConcurrency, ordered } = options;
  return {
    ...(events && { events }),
    ...(description !== undefined && { description }),
    ...(header && { headers: Object.fromEntries(header.map(headerOf)) }),
    ...(retrySchedule && {
      retrySchedule: retrySchedule.join() === 'none' ? [] : retrySchedule.map(wholeNumber),
    }),
    ...(retryOn && { retryOn: retryOn.map(wholeNumber) }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(maxConcurrency !== undefined && { maxConcurrency }),
    ...(ordered !== undefined && { ordered }),
  };
}

function headerOf(text: string): [name: string, value: string] {
  const [, name, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new CommandError(`--header ${text}: expected name=value.`);
  return [name, value];
}
