import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './console.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './api/queries.ts';
import { portalId } from './portal/link.ts';
import { router } from './router.tsx';
import { Themed } from './themed.tsx';

/** Every style element that a library makes must carry it (see the policy in src/api/console.ts). */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
setNonce(nonce);

/** Loaded after the first page, which has nothing to notify of. */
const Notifications = lazy(async () => ({ default: (await import('@mantine/notifications')).Notifications }));

const Look =
  portalId === undefined
    ? Themed
    : lazy(async () => ({ default: (await import('./portal/portal-themed.tsx')).PortalThemed }));

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Suspense>
          <Look nonce={nonce}>
            <Suspense>
              <Notifications position="bottom-right" />
            </Suspense>
            <RouterProvider router={router} />
          </Look>
        </Suspense>
      </QueryClientProvider>
    </StrictMode>,
  );
}
