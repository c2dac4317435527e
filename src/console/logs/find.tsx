import { CloseButton, Loader, TextInput } from '@mantine/core';
import IconSearch from '@tabler/icons-react/icons/IconSearch';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { wordsOf } from '../api/words-of.ts';
import { findById } from './find-by-id.ts';

interface FindProps {
  account: string;
  /** Shows the deliveries of an event that has several. */
  onEvent(eventId: string): void;
}

/** Leads to a delivery by its id, or by that of its event. */
export function Find({ account, onEvent }: FindProps) {
  const [id, setId] = useState('');
  const navigate = useNavigate();
  const find = useMutation({
    mutationFn: () => findById(account, id.trim()),
    onSuccess(found) {
      if (found && 'deliveryId' in found)
        return navigate({ to: '/a/$account/deliveries/$id', params: { account, id: found.deliveryId } });
      if (found) {
        setId('');
        onEvent(found.eventId);
      }
    },
  });
  const fault = find.isError
    ? wordsOf(find.error)
    : find.data === null
      ? 'No delivery and no event has this id.'
      : undefined;
  return (
    <form
      onSubmit={(submitted) => {
        submitted.preventDefault();
        if (id.trim() !== '') find.mutate();
      }}
    >
      <TextInput
        aria-label="Find by delivery or event id"
        placeholder="Delivery or event id"
        leftSection={find.isPending ? <Loader size={14} /> : <IconSearch size={16} />}
        value={id}
        error={fault}
        onChange={(event) => {
          setId(event.currentTarget.value);
          find.reset();
        }}
        rightSection={
          id !== '' && <CloseButton size="sm" aria-label="Clear the id" onClick={() => setId('')} />
        }
      />
    </form>
  );
}
