/**
 * A file's name or path as it is compared: lower case, forward slashes, no drive. `C:\Users\x\Evil.exe` becomes
 * `/users/x/evil.exe`, a bare name stays one. Undefined when nothing is left.
 */
export function filePathOf(text: string): string | undefined {
  // Every file of every event comes through here: what is not there is not replaced.
  let path = text.toLowerCase()
  if (path.includes('\\')) path = path.replaceAll('\\', '/')
  if (path.startsWith('//?/')) path = path.slice(4)
  if (path.charCodeAt(1) === colon && isLetter(path.charCodeAt(0))) path = path.slice(2)
  if (path.includes('//')) path = path.replaceAll(/\/{2,}/g, '/')
  return path === '' || path.endsWith('/') ? undefined : path
}

const colon = 58
const isLetter = (lowerCode: number): boolean => lowerCode >= 97 && lowerCode <= 122

const hives: Readonly<Record<string, string>> = {
  hkey_local_machine: 'hklm',
  hkey_current_user: 'hkcu',
  hkey_users: 'hku',
  hkey_classes_root: 'hkcr',
  hkey_current_config: 'hkcc',
  hklm: 'hklm',
  hkcu: 'hkcu',
  hku: 'hku',
  hkcr: 'hkcr',
  hkcc: 'hkcc',
}

/**
 * A registry key or value as it is compared: lower case, short hive names, a user's own part as `hkcu`.
 * `\REGISTRY\MACHINE\Software\X` and `HKEY_LOCAL_MACHINE\Software\X` are both `hklm\software\x`. Undefined when it is no path
 * below a hive.
 */
export function registryPathOf(text: string): string | undefined {
  const parts = text
    .toLowerCase()
    .replaceAll('/', '\\')
    .split('\\')
    .filter((part) => part !== '')
  const root = parts[0] === 'computer' ? parts.slice(1) : parts
  const named = root[0] === 'registry' ? kernelNames(root.slice(1)) : root
  const hive = hives[(named[0] ?? '').replace(/:$/, '')]
  if (!hive || named.length < 2) return undefined
  if (hive === 'hku' && /^s-1-5-21-[\d-]+$/.test(named[1] as string))
    return named.length > 2 ? ['hkcu', ...named.slice(2)].join('\\') : undefined
  return [hive, ...named.slice(1)].join('\\')
}

const kernelNames = ([first, ...rest]: readonly string[]): string[] =>
  first === 'machine' ? ['hklm', ...rest] : first === 'user' ? ['hku', ...rest] : []
