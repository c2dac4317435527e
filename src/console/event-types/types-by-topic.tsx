import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { topicsOf } from '../endpoints/event-topics.ts';
import type { ListedType } from './queries.ts';

/** Types of one origin: a topic at the side, its types beside it. */
export function TypesByTopic({ account, types }: { account: string; types: ListedType[] }) {
  return (
    <div className="panel">
      {topicsOf(types).map(({ pattern, types: ofTopic }) => (
        <div key={pattern} className="topic">
          <Text className="mono" c="dimmed" component="h3" fw={400} m={0}>
            {pattern}
          </Text>
          <ul>
            {ofTopic.map(({ name, description }) => (
              <li key={name}>
                <Link
                  className="row-link mono"
                  to="/a/$account/event-types/$type"
                  params={{ account, type: name }}
                >
                  {name}
                </Link>
                <Text size="sm" c="dimmed" lineClamp={2}>
                  {description}
                </Text>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}
