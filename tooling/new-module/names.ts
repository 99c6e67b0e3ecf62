/** The forms in which a module's name appears. */
export interface Names {
  /** `attack-paths` */
  readonly kebab: string
  /** `attackPaths` */
  readonly camel: string
  /** `AttackPaths` */
  readonly pascal: string
  /** `attack_paths` */
  readonly snake: string
}

/** @error throws when the name is not made of small letters with hyphens between words */
export function namesOf(name: string): Names {
  if (!/^[a-z]{2,}(-[a-z]+)*$/.test(name) || name.length > 30)
    throw new Error(`"${name}" is no module name: small letters, hyphens between words, at most 30`)
  const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  return {
    kebab: name,
    camel,
    pascal: camel.charAt(0).toUpperCase() + camel.slice(1),
    snake: name.replaceAll('-', '_'),
  }
}
