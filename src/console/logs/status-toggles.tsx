import { UnstyledButton } from '@mantine/core';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../domain/delivery.ts';
import { Dot } from '../parts/dot.tsx';
import { DELIVERY_WORDS } from '../parts/status-badge.tsx';

interface StatusTogglesProps {
  chosen: DeliveryStatus[];
  onChange(chosen: DeliveryStatus[]): void;
}

/** None chosen means all. */
export function StatusToggles({ chosen, onChange }: StatusTogglesProps) {
  const toggle = (status: DeliveryStatus) =>
    onChange(chosen.includes(status) ? chosen.filter((one) => one !== status) : [...chosen, status]);
  return (
    <fieldset className="toggles" aria-label="Status">
      {DELIVERY_STATUSES.map((status) => {
        const [label, color] = DELIVERY_WORDS[status];
        return (
          <UnstyledButton
            key={status}
            className="toggle"
            aria-pressed={chosen.includes(status)}
            onClick={() => toggle(status)}
          >
            <Dot color={color} />
            {label}
          </UnstyledButton>
        );
      })}
    </fieldset>
  );
}
