const NEEDED = [20, 6];

/** Ends the process with one line when this Node.js is too old for us. */
export function checkNodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
  console.error(
    `Posthaste needs Node.js ${NEEDED.join('.')} or newer, and this is ${process.versions.node}: see https://nodejs.org.`,
  );
  process.exit(1);
}
