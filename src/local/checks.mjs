import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { ROOT } from './project.mjs';

/**
 * Lint, types, build, tests; stops at the first that fails. Arguments go to vitest. The last line that it prints is
 * `N passed, N failed`, over all tests.
 * @returns the exit code
 */
export async function runChecks(vitestArgs) {
  if (!(await step('Lint', 'biome', ['ci', '.']))) return 1;
  for (const project of ['.', 'src/console']) if (!(await step('Types', 'tsc', ['-p', project]))) return 1;
  await ensureBuilt();
  const projects = ['unit', 'stack', 'bursts'].map((name) => `--project=${name}`);
  return runTests('Tests', [...projects, ...vitestArgs]);
}

/** The console in a browser. As `runChecks`. */
export async function runConsole(vitestArgs) {
  await ensureBuilt();
  return runTests('Console', ['--project=console', ...vitestArgs]);
}

/** The tests that kill processes and take stores away: they mostly wait. As `runChecks`. */
export function runFaults(vitestArgs) {
  return runTests('Faults', ['--project=faults', ...vitestArgs]);
}

/** What others say of us: verifiers and a fuzzer of the API from PyPI. As `runChecks`. */
export function runOutside(vitestArgs) {
  return runTests('Outside judges', ['--project=outside', ...vitestArgs]);
}

async function runTests(name, vitestArgs) {
  const folder = mkdtempSync(join(tmpdir(), 'posthaste-report-'));
  const report = join(folder, 'report.json');
  try {
    const passed = await step(name, 'vitest', [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...vitestArgs,
    ]);
    const summary = summarise(report);
    console.log(`\n${summary.passed} passed, ${summary.failed} failed`);
    return passed && summary.failed === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function step(name, program, args) {
  console.log(`\n${name}: ${program} ${args[0]}`);
  const startedAt = Date.now();
  const code = await run(join(ROOT, 'node_modules', '.bin', program), args);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  if (code === 0) console.log(`${name}: good (${seconds} s)`);
  else console.error(`${name}: failed (${program} ended with ${code})`);
  return code === 0;
}

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
    // Ctrl-C goes to the child as well: it tidies up, and we go after it.
    const passOn = (signal) => child.kill(signal);
    process.on('SIGINT', passOn).on('SIGTERM', passOn);
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      process.off('SIGINT', passOn).off('SIGTERM', passOn);
      resolve(code ?? signal);
    });
  });
}

/** A file that could not even be loaded counts as one failure. */
function summarise(report) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const unloaded = testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
    );
    return { passed: numPassedTests, failed: numFailedTests + unloaded.length };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
