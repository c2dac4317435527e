import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { PageHeader } from '../parts/page-header.tsx';
import { TypeForm } from './form.tsx';

const route = getRouteApi('/a/$account/add-event-type');

export function AddEventTypePage() {
  const { account } = route.useParams();
  const navigate = useNavigate();
  return (
    <>
      <PageHeader
        title="Add event type"
        text="From then on the data of such events is checked against its schema."
        back={{ label: 'Event types', path: `/a/${account}/event-types` }}
      />
      <TypeForm
        account={account}
        initial={{ name: '', description: '', schema: '', sample: '' }}
        isNew
        onSaved={({ name }) =>
          navigate({ to: '/a/$account/event-types/$type', params: { account, type: name } })
        }
        onCancel={() => navigate({ to: '/a/$account/event-types', params: { account } })}
      />
    </>
  );
}
