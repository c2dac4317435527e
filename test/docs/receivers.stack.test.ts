import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROFILES } from '../../src/domain/delivery.ts';
import { freePort } from '../../src/local/ports.ts';
import { sampleOf } from '../../src/profiles/catalogue/index.ts';
import { newSecret } from '../../src/profiles/secret.ts';
import { openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { ASKERS } from './askers.ts';
import { ROOT, snippetsOf, textOf } from './markdown.ts';
import { ensureProgram, output, runs, startServer } from './programs.ts';
import { type Captured, type Check, QUESTIONS, type Source } from './questions.ts';

const PAGE = 'docs/receivers.md';

/** With everything to compile, the standard library too. */
const GO_BUILDS_WITHIN_MS = 180_000;

/** Go is not installed for these tests: it is large, and not in every package list as new as the page needs it. */
const WITHOUT_GO = !runs('go', 'version');
if (WITHOUT_GO) console.log(`${PAGE}: what is in Go is skipped, for there is no go here.`);

const FUNCTIONS = {
  Node: ['node', 'ask.mjs'],
  Python: ['python3', 'ask.py'],
  PHP: ['php', 'ask.php'],
  Go: ['./ask'],
};

/**
 * The whole receivers, and what each answers to a request that is not genuine, or comes too late; and with no secret, or
 * with nothing behind its `whsec_`, to one that was signed without any: most do not start.
 */
const SERVERS = {
  Node: {
    command: (_port: number) => ['node', 'server.mjs'],
    refusal: 401,
    unset: ['ends', 'ends'],
  },
  // It is told the profile, and takes no other.
  'Node with the kit': {
    command: (_port: number) => ['node', 'kit/kit-server.mjs'],
    refusal: 400,
    tooLate: 500,
    unset: ['ends', 'ends'],
    profiles: ['selgora'] as const,
  },
  Python: { command: (_port: number) => ['python3', 'server.py'], refusal: 401, unset: ['ends', 401] },
  PHP: {
    command: (port: number) => ['php', '-S', `127.0.0.1:${port}`, 'webhooks.php'],
    refusal: 401,
    // It is started anew for each request.
    unset: [500, 401],
  },
  Go: { command: (_port: number) => ['./server'], refusal: 401, unset: ['ends', 401] },
};

let posthaste: Posthaste;
let receiver: Receiver;
let folder: string;
let captured: Record<Source, Captured>;

beforeAll(async () => {
  ensureProgram('python3');
  ensureProgram('php', 'php-cli');
  folder = mkdtempSync(join(tmpdir(), 'posthaste-docs-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const written = [...snippetsOf(PAGE, 'file'), ...snippetsOf('README.md', 'file')];
  for (const { name, code } of written) writeFileSync(join(folder, name), code);
  for (const [name, code] of Object.entries(ASKERS)) writeFileSync(join(folder, name), code);
  installKit(folder);
  if (!WITHOUT_GO)
    for (const program of ['ask', 'server'])
      await output(['go', 'build', '-o', program, 'verify.go', `${program}.go`], {
        cwd: folder,
        env: { GOTOOLCHAIN: 'local', GOFLAGS: '' },
        withinMs: GO_BUILDS_WITHIN_MS,
      });
  [posthaste, receiver] = await Promise.all([startPosthaste(), startReceiver()]);
  captured = {
    selgora: await capture('selgora', {}),
    selz: await capture('selz', {}),
    standard: await capture('standard', {}),
    'brought to selgora': await capture('selgora', { secret: 'grüße aus Łódź' }),
    'brought to selz': await capture('selz', { secret: 'your_webhook_verification_key' }),
    rotated: await capture('selgora', { secret: newSecret() }, { rotated: true }),
  };
}, 400_000);

afterAll(async () => {
  await posthaste?.stop();
  await receiver?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** The kit as it is packed, for the receiver that uses it. */
function installKit(into: string): void {
  const source = join(ROOT, 'packages', 'receiver');
  const kit = join(into, 'kit', 'node_modules', '@posthaste', 'receiver');
  mkdirSync(kit, { recursive: true });
  cpSync(join(source, 'package.json'), join(kit, 'package.json'));
  execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', source, '--outDir', join(kit, 'dist')]);
  renameSync(join(into, 'kit-server.mjs'), join(into, 'kit', 'kit-server.mjs'));
}

/** A real delivery, as a receiver gets it. */
async function capture(
  profile: 'selgora' | 'selz' | 'standard',
  fields: { secret?: string },
  { rotated = false } = {},
): Promise<Captured> {
  const merchant = await openAccount(posthaste);
  const path = `/${merchant.id}`;
  const endpoint = await merchant.endpoint({ url: receiver.url(path), profile, ...fields });
  const secrets = [endpoint.secret];
  if (rotated) secrets.unshift((await merchant.rotate(endpoint.id)).secret);
  await merchant.deliver(profile === 'selz' ? 'order_completed' : 'order.completed');
  const requests = await receiver.waitFor((all) => all.some((request) => request.path === path));
  const request = requests.find((one) => one.path === path);
  if (!request) throw new Error('nothing came');
  return { body: request.body, headers: request.headers, secrets };
}

interface Case extends Omit<Captured, 'body'> {
  check: Check;
  body: string;
  nowS?: number;
}

function cases(): Case[] {
  return QUESTIONS.map(({ check, from, change, laterS }) => {
    const { body, headers, secrets } = { ...captured[from], ...change?.(captured[from]) };
    const sentS = Number(captured[from].headers['webhook-timestamp']);
    const nowS = laterS === undefined ? {} : { nowS: sentS + laterS };
    return { check, headers, secrets, body: body.toString('base64'), ...nowS };
  });
}

describe.each(Object.entries(FUNCTIONS))('%s', (language, asker) => {
  test.skipIf(language === 'Go' && WITHOUT_GO)(
    'the functions tell what is genuine from what is not',
    async () => {
      const answers = JSON.parse(await output(asker, { cwd: folder, input: JSON.stringify(cases()) }));
      const asked = QUESTIONS.map(({ title }, index) => [title, answers[index]]);
      expect(asked).toEqual(QUESTIONS.map(({ title, answer }) => [title, answer]));
    },
  );
});

/** A receiver that runs with this secret. @throws Error when it ends by itself */
async function serverWith(command: (port: number) => string[], secret: string) {
  const port = await freePort();
  const env = { PORT: String(port), WEBHOOK_SECRET: secret };
  const { stop } = await startServer(command(port), { cwd: folder, port, env });
  return { url: `http://127.0.0.1:${port}/webhooks`, stop };
}

/** The status that a body of so many bytes is answered with, when all or a part of it has come. */
function answerTo(url: string, bytes: number, sent: 'whole' | 'begun'): Promise<number | undefined> {
  const headers = { 'content-type': 'application/json', 'content-length': bytes };
  return new Promise((resolve, reject) => {
    const asking = request(url, { method: 'POST', headers }, (response) => {
      resolve(response.statusCode);
      asking.destroy();
    });
    asking.on('error', reject);
    if (sent === 'whole') asking.end(Buffer.alloc(bytes, ' '));
    else asking.write('{');
  });
}

describe.each(Object.entries(SERVERS))('%s', (language, { command, refusal, unset, ...only }) => {
  const profiles = 'profiles' in only ? only.profiles : PROFILES;
  const tooLate = 'tooLate' in only ? only.tooLate : refusal;

  test.skipIf(language === 'Go' && WITHOUT_GO)(
    'the whole receiver takes deliveries and refuses what is not genuine',
    async () => {
      const secret = newSecret();
      const { url, stop } = await serverWith(command, secret);
      try {
        for (const profile of profiles) {
          const merchant = await openAccount(posthaste);
          await merchant.endpoint({ url, profile, secret });
          const id = await merchant.deliver(profile === 'selz' ? 'order_completed' : 'order.completed');
          const { attempts } = await merchant.until(id, 'succeeded');
          expect(attempts).toMatchObject([{ responseStatus: 204 }]);
          const resent = await merchant.command(id, 'resend');
          await merchant.until(resent.id, 'succeeded');
        }
        const stranger = await openAccount(posthaste);
        await stranger.endpoint({ url });
        const { attempts, reason } = await stranger.until(
          await stranger.deliver('order.completed'),
          'failed',
        );
        expect({ attempts, reason }).toMatchObject({
          attempts: [{ responseStatus: refusal }],
          reason: 'rejected',
        });

        const body = captured[profiles[0]].body.toString();
        const post = async (sent: string, at: Date) => {
          const headers = {
            'content-type': 'application/json',
            'webhook-id': 'evt_1',
            'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
            'webhook-signature': new Webhook(secret).sign('evt_1', at, body),
          };
          return (await fetch(url, { method: 'POST', headers, body: sent })).status;
        };
        expect(await post(body, new Date())).toBe(204);
        expect(await post(body.replace('order', 'ordes'), new Date())).toBe(refusal);
        expect(await post(body, new Date(Date.now() - 302_000))).toBe(tooLate);
      } finally {
        await stop();
      }
    },
  );

  test.skipIf(language === 'Go' && WITHOUT_GO)('a body above 1 MiB is refused', async () => {
    const { url, stop } = await serverWith(command, newSecret());
    try {
      // Python's goes by the length, and hangs up. The others read as much as they allow, PHP's own server all of it.
      const sent = language === 'Python' ? 'begun' : 'whole';
      expect(await answerTo(url, 1024 ** 2 + 1, sent)).toBe(413);
    } finally {
      await stop();
    }
  });

  test.skipIf(language === 'Go' && WITHOUT_GO)('without a secret it takes nothing', async () => {
    const at = String(Math.floor(Date.now() / 1000));
    const body = '{"id":"evt_1","type":"order.completed","data":{}}';
    const mac = createHmac('sha256', '').update(`evt_1.${at}.${body}`).digest('base64');
    const headers = {
      'content-type': 'application/json',
      'webhook-id': 'evt_1',
      'webhook-timestamp': at,
      'webhook-signature': `v1,${mac}`,
    };
    const answers = [];
    for (const secret of ['', 'whsec_']) {
      const running = await serverWith(command, secret).catch((error: Error) => error);
      if (running instanceof Error) {
        expect(running.message).toMatch(/ended: .*secret/is);
        answers.push('ends');
        continue;
      }
      answers.push((await fetch(running.url, { method: 'POST', headers, body })).status);
      await running.stop();
    }
    expect(answers).toEqual(unset);
  });
});

describe('with a Standard Webhooks library', () => {
  const received = async (file: string, { body, headers }: Captured, secret: string | undefined) =>
    JSON.parse(
      await output(['node', 'receiving.mjs'], {
        cwd: folder,
        env: { WEBHOOK_SECRET: secret ?? '' },
        input: JSON.stringify({ file: `./${file}`, body: body.toString('base64'), headers }),
      }),
    );

  test.each(['selgora', 'selz', 'standard'] as const)(
    'the README verifies a %s delivery',
    async (profile) => {
      const { body, headers, secrets } = captured[profile];
      expect(await received('receive.mjs', captured[profile], secrets[0])).toEqual(
        JSON.parse(body.toString()),
      );
      const other = { body: Buffer.from(body.toString().replace('"', "'")), headers, secrets };
      await expect(received('receive.mjs', other, secrets[0])).rejects.toThrow(/No matching signature/);
      await expect(received('receive.mjs', captured[profile], newSecret())).rejects.toThrow(
        /No matching signature/,
      );
    },
  );

  test.each(['brought to selgora', 'brought to selz'] as const)('a secret %s is raw', async (source) => {
    const { body, secrets } = captured[source];
    const file = 'raw-secret.mjs';
    expect(await received(file, captured[source], secrets[0])).toEqual(JSON.parse(body.toString()));
    await expect(received(file, captured[source], 'another')).rejects.toThrow(/No matching signature/);
  });
});

describe('the page shows', () => {
  test.each(snippetsOf(PAGE, 'body'))('a real body: $name', async ({ name, code }) => {
    const [profile = '', event = ''] = name.split(' ');
    const merchant = await openAccount(posthaste);
    const path = `/${merchant.id}`;
    await merchant.endpoint({ url: receiver.url(path), profile });
    await merchant.deliver(event);
    const requests = await receiver.waitFor((all) => all.some((request) => request.path === path));
    const sent = requests.find((request) => request.path === path)?.body.toString() ?? '';
    const shown = JSON.parse(code);
    expect(Object.keys(shown)).toEqual(Object.keys(JSON.parse(sent)));
    expect(JSON.stringify(shown.data)).toBe(JSON.stringify(sampleOf(event)));
    expect(forms(shown)).toEqual(forms(JSON.parse(sent)));
  });

  test('bodies that a JSON round trip in JavaScript gives back', () => {
    for (const { body } of Object.values(captured))
      expect(JSON.stringify(JSON.parse(body.toString()))).toBe(body.toString());
  });

  test.each(['selgora', 'selz', 'standard'] as const)('every header of a %s delivery', (profile) => {
    const told = [...textOf(PAGE).matchAll(/`([A-Za-z-]+)`/g)].map(([, name = '']) => name.toLowerCase());
    const connection = ['host', 'connection', 'accept-encoding', 'content-length'];
    const sent = Object.keys(captured[profile].headers).filter((name) => !connection.includes(name));
    expect(told).toEqual(expect.arrayContaining(sent));
  });
});

/** The envelope with its digits and letters made alike: what differs from one event to the next. */
function forms({ data: _, ...envelope }: Record<string, unknown>): string {
  return JSON.stringify(envelope)
    .replace(/"token":"[\w-]+"/, '"token":"t"')
    .replace(/evt_[0-9a-f]{32}/, 'evt')
    .replace(/\d/g, '0');
}
