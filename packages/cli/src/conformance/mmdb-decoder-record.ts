/** What every network but 0.0.0.0 of MaxMind's decoder test database holds: each type of value once. */
export const decoderTestRecord = {
  array: [1, 2, 3],
  boolean: true,
  bytes: Uint8Array.of(0, 0, 0, 42),
  double: 42.123456,
  float: 1.1,
  int32: -268435456,
  map: { mapX: { arrayX: [7, 8, 9], utf8_stringX: 'hello' } },
  uint128: 1329227995784915872903807060280344576n,
  uint16: 100,
  uint32: 268435456,
  uint64: 1152921504606846976n,
  utf8_string: 'unicode! ☯ - ♫',
} as const
