import { type ObjectRule, type RelationRow, relationsOf } from './object-rule.ts'

const account = (metaCategory: string, rows: readonly RelationRow[], accountType?: string): ObjectRule => ({
  metaCategory,
  root: 'user-account',
  relations: relationsOf('user-account', rows),
  ...(accountType ? { constants: [{ path: 'user-account:account_type', value: accountType, isCompared: true }] } : {}),
})

export const accountRules: Readonly<Record<string, ObjectRule>> = {
  credential: account('misc', [
    ['username', 'text', 'user_id'],
    ['password', 'text', 'credential'],
  ]),
  'user-account': account('misc', [
    ['username', 'text', 'account_login'],
    ['user-id', 'text', 'user_id'],
    ['display-name', 'text', 'display_name'],
    ['password', 'text', 'credential'],
    ['account-type', 'text', 'account_type'],
    ['can_escalate_privs', 'boolean', 'can_escalate_privs', 'boolean'],
    ['disabled', 'boolean', 'is_disabled', 'boolean'],
    ['is_service_account', 'boolean', 'is_service_account', 'boolean'],
    ['privileged', 'boolean', 'is_privileged', 'boolean'],
    ['created', 'datetime', 'account_created', 'time'],
    ['expires', 'datetime', 'account_expires', 'time'],
    ['first_login', 'datetime', 'account_first_login', 'time'],
    ['last_login', 'datetime', 'account_last_login', 'time'],
    ['password_last_changed', 'datetime', 'credential_last_changed', 'time'],
    ['group-id', 'text', "extensions.'unix-account-ext'.gid", 'integer'],
    ['group', 'text', "extensions.'unix-account-ext'.groups[*]"],
    ['home_dir', 'text', "extensions.'unix-account-ext'.home_dir"],
    ['shell', 'text', "extensions.'unix-account-ext'.shell"],
  ]),
  'facebook-account': account(
    'misc',
    [
      ['account-id', 'text', 'user_id'],
      ['account-name', 'text', 'account_login'],
    ],
    'facebook',
  ),
  'github-user': account(
    'misc',
    [
      ['id', 'text', 'user_id'],
      ['username', 'github-username', 'account_login'],
      ['user-fullname', 'text', 'display_name'],
    ],
    'github',
  ),
  'gitlab-user': account(
    'misc',
    [
      ['id', 'text', 'user_id'],
      ['name', 'text', 'display_name'],
      ['username', 'text', 'account_login'],
    ],
    'gitlab',
  ),
  'parler-account': account(
    'misc',
    [
      ['account-id', 'text', 'user_id'],
      ['account-name', 'text', 'account_login'],
    ],
    'parler',
  ),
  'reddit-account': account(
    'misc',
    [
      ['account-id', 'text', 'user_id'],
      ['account-name', 'text', 'account_login'],
    ],
    'reddit',
  ),
  'telegram-account': account(
    'misc',
    [
      ['id', 'text', 'user_id'],
      ['username', 'text', 'account_login'],
    ],
    'telegram',
  ),
  'twitter-account': account(
    'misc',
    [
      ['id', 'text', 'user_id'],
      ['name', 'text', 'account_login'],
      ['displayed-name', 'text', 'display_name'],
    ],
    'twitter',
  ),
}
