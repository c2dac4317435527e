import type { Scenario } from '../scenario.ts';

/** From the spawn of the built product, with nothing in its data folder, until `/readyz` says that it is ready. */
export const coldStart: Scenario = {
  name: 'cold_start',
  title: 'start with an empty data folder',
  alone: {},
  async measure({ readyAfterMs }) {
    return [
      {
        id: 'cold_start.ready',
        label: 'Start with an empty data folder, until ready',
        unit: 's',
        value: readyAfterMs / 1000,
        target: { atMost: 10 },
      },
    ];
  },
};
