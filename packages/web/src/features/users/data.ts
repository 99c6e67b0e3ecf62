import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import type { User, UserChange } from '@watchfloor/contracts/identity'
import type { Role } from '@watchfloor/contracts/kernel'
import { api, call } from '../../app/api.ts'
import { useRecentLogin } from '../../app/shell/confirm-login.tsx'
import type { UrlState } from '../../app/url-state.ts'

/** The compiler watches that none is missing; the contracts' validators stay out of the bundle. */
const roleOrder: Record<Role, number> = {
  administrator: 0,
  operator: 1,
  analyst: 2,
  'detection-engineer': 3,
  'intelligence-analyst': 4,
  manager: 5,
  viewer: 6,
  machine: 7,
}
export const roles = (Object.keys(roleOrder) as Role[]).sort((a, b) => roleOrder[a] - roleOrder[b])

export interface UserFilter {
  readonly text?: string
  readonly role?: Role
  readonly state?: User['state']
}

export function userFilterFromUrl(url: UrlState): UserFilter {
  const role = roles.find((each) => each === url.role)
  return {
    ...(url.q && { text: url.q }),
    ...(role && { role }),
    ...((url.state === 'active' || url.state === 'disabled') && { state: url.state }),
  }
}

export const useUsers = (filter: UserFilter) =>
  useInfiniteQuery({
    queryKey: ['users', filter],
    initialPageParam: undefined as string | undefined,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      call<{ items: User[]; next?: string; total?: number }>(
        api.GET('/api/v1/users', { params: { query: { ...filter, limit: 100, cursor: pageParam } }, signal }),
      ),
    getNextPageParam: (page) => page.next,
  })

export interface NewUser {
  readonly email: string
  readonly displayName: string
  readonly roles: Role[]
}

/** Everything done to accounts. Sensitive acts may ask for the password again. */
export function useUserActions() {
  const queries = useQueryClient()
  const guard = useRecentLogin()
  const onSettled = () => queries.invalidateQueries({ queryKey: ['users'] })
  const one = (userId: string) => ({ params: { path: { userId } } })
  return {
    create: useMutation({
      mutationFn: (body: NewUser) =>
        guard(() => call<{ user: User; temporaryPassword: string | null }>(api.POST('/api/v1/users', { body }))),
      onSettled,
    }),
    change: useMutation({
      mutationFn: ({ id, change }: { id: string; change: UserChange }) =>
        guard(() => call<User>(api.PATCH('/api/v1/users/{userId}', { ...one(id), body: change }))),
      onSettled,
    }),
    resetPassword: useMutation({
      mutationFn: (id: string) =>
        guard(() =>
          call<{ temporaryPassword: string | null }>(
            api.POST('/api/v1/users/{userId}/password', { ...one(id), body: {} }),
          ),
        ),
      onSettled,
    }),
    removeFactor: useMutation({
      mutationFn: (id: string) => guard(() => call<unknown>(api.DELETE('/api/v1/users/{userId}/totp', one(id)))),
      onSettled,
    }),
    unlock: useMutation({
      mutationFn: (id: string) => guard(() => call<unknown>(api.POST('/api/v1/users/{userId}/unlock', one(id)))),
      onSettled,
    }),
    signOut: useMutation({
      mutationFn: (id: string) => guard(() => call<unknown>(api.DELETE('/api/v1/users/{userId}/sessions', one(id)))),
      onSettled,
    }),
    remove: useMutation({
      mutationFn: (id: string) => guard(() => call<unknown>(api.DELETE('/api/v1/users/{userId}', one(id)))),
      onSettled,
    }),
  }
}
export type UserActions = ReturnType<typeof useUserActions>
