import { useEffect, useState } from 'react';

/** What is being typed, until it is taken over; it follows the value when that changes elsewhere. */
export function useDraft(value: string): [draft: string, setDraft: (draft: string) => void] {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  return [draft, setDraft];
}
