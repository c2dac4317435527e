/** Something about this machine that its user can mend; `message` is one line that says what and how. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
