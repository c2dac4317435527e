import { generate } from 'selfsigned';

/** Key and certificate of a TLS server, in PEM. */
export interface ServerKeys {
  key: string;
  cert: string;
}

export interface Certificates {
  /** The authority's own certificate. */
  authority: string;
  /** For 127.0.0.1, ::1 and localhost, issued by the authority. */
  good: ServerKeys;
  /** The same, out of date since yesterday. */
  expired: ServerKeys;
  /** The same, valid from tomorrow. */
  notYetValid: ServerKeys;
  /** In date, for another host. */
  wrongHost: ServerKeys;
  /** In date, for this host, issued by nobody. */
  selfSigned: ServerKeys;
}

const DAY_MS = 86_400_000;
const HERE = [
  { type: 2 as const, value: 'localhost' },
  { type: 7 as const, ip: '127.0.0.1' },
  { type: 7 as const, ip: '::1' },
];

/** Makes an authority and certificates of every kind; nothing of it outlives the test. */
export async function makeCertificates(): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: 'Test authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const ca = { key: authority.private, cert: authority.cert };
  const [good, expired, notYetValid, wrongHost, selfSigned] = await Promise.all([
    issue({ ca }),
    issue({
      ca,
      notBeforeDate: new Date(Date.now() - 9 * DAY_MS),
      notAfterDate: new Date(Date.now() - DAY_MS),
    }),
    issue({
      ca,
      notBeforeDate: new Date(Date.now() + DAY_MS),
      notAfterDate: new Date(Date.now() + 9 * DAY_MS),
    }),
    issue({ ca, altNames: [{ type: 2, value: 'elsewhere.example' }] }),
    issue({}),
  ]);
  return { authority: authority.cert, good, expired, notYetValid, wrongHost, selfSigned };
}

interface Issue {
  ca?: { key: string; cert: string };
  altNames?: { type: 2 | 7; value?: string; ip?: string }[];
  notBeforeDate?: Date;
  notAfterDate?: Date;
}

async function issue({ altNames = HERE, ...options }: Issue): Promise<ServerKeys> {
  const made = await generate([{ name: 'commonName', value: 'test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
    ...options,
  });
  return { key: made.private, cert: made.cert };
}
