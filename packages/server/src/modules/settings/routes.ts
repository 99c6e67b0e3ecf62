import { settingChange, settingList, settingParams, settingView } from '@watchfloor/contracts/settings'
import { jsonRoute, type Route } from '../../platform/http/route.ts'
import type { Settings } from './service.ts'

export const settingsRoutes = (settings: Settings): Route[] => [
  jsonRoute({
    method: 'GET',
    path: '/api/v1/settings',
    operationId: 'listSettings',
    summary: 'Every setting with its value in force',
    permission: 'settings:read',
    output: settingList,
    handle: async () => ({ items: await settings.list() }),
  }),
  jsonRoute({
    method: 'GET',
    path: '/api/v1/settings/{key}',
    operationId: 'getSetting',
    summary: 'One setting',
    permission: 'settings:read',
    params: settingParams,
    output: settingView,
    errors: ['NOT_FOUND'],
    handle: ({ params }) => settings.view(params.key),
  }),
  jsonRoute({
    method: 'PUT',
    path: '/api/v1/settings/{key}',
    operationId: 'setSetting',
    summary: 'Changes a setting; every process follows within seconds',
    permission: 'settings:write',
    params: settingParams,
    body: settingChange,
    output: settingView,
    errors: ['NOT_FOUND', 'STALE_EDIT'],
    handle: ({ params, body: { value, ...edit } }, { actor }) => settings.set(actor, params.key, value, edit),
  }),
  jsonRoute({
    method: 'DELETE',
    path: '/api/v1/settings/{key}',
    operationId: 'resetSetting',
    summary: 'Puts a setting back to its default',
    permission: 'settings:write',
    params: settingParams,
    output: settingView,
    errors: ['NOT_FOUND'],
    handle: ({ params }, { actor }) => settings.reset(actor, params.key),
  }),
]
