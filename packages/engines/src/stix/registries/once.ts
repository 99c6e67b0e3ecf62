/** Makes a value when it is first asked for: the lists of registries are large, and most programs never look at them. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
