import { queryOptions, useMutation, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type {
  passwordChangeBody,
  SessionJson,
  signInOptionsJson,
} from '../../../src/http/operator/access/session-schemas.ts';
import { basePath } from './base-path.ts';
import { request } from './request.ts';

export type Permission = SessionJson['permissions'][number];

/** Fails with 401 where no one is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => request<SessionJson>('/session', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Who is signed in; for pages behind the sign-in. */
export function useSession(): SessionJson {
  return useSuspenseQuery(sessionQuery).data;
}

/** Whether the server lets who is signed in do this: what it does not is not offered. */
export function useMay(permission: Permission): boolean {
  return useSession().permissions.includes(permission);
}

export function useSignIn() {
  return useSignInAt<{ token: string }>('/session');
}

export function usePasswordSignIn() {
  return useSignInAt<{ email: string; password: string }>('/session/password');
}

/** Sets the password of an invitation, and signs in. */
export function useAcceptInvitation() {
  return useSignInAt<{ invitation: string; password: string }>('/session/invitation');
}

const optionsQuery = queryOptions({
  queryKey: ['sign-in-options'],
  queryFn: ({ signal }) => request<Static<typeof signInOptionsJson>>('/session/options', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** How to sign in here beside password and token; undefined until that is known. */
export function useSignInOptions() {
  return useQuery(optionsQuery).data;
}

/** Where the browser is sent to the provider of OpenID Connect. */
export function openIdUrl(from: string | undefined, account?: string): string {
  const query = new URLSearchParams({ ...(from && { from }), ...(account && { account }) });
  return `${basePath}/api/v1/session/openid?${query}`;
}

export function useRequestPasswordReset() {
  return useMutation({
    mutationFn: (email: string) =>
      request<object>('/session/password-reset', { method: 'POST', body: { email } }),
  });
}

export function useChangePassword() {
  return useMutation({
    mutationFn: (body: Static<typeof passwordChangeBody>) =>
      request<void>('/session/password', { method: 'PATCH', body }),
  });
}

function useSignInAt<Body extends object>(path: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => request<SessionJson>(path, { method: 'POST', body }),
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  });
}

export function useSignOut() {
  return useMutation({ mutationFn: () => request<void>('/session', { method: 'DELETE' }) });
}
