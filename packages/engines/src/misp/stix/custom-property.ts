/** Where what STIX has no property for stands; names of properties are of small letters. @source STIX 2.1 section 3.1 */
export const customProperty = (relation: string): string =>
  `x_misp_${relation.toLowerCase().replace(/[^a-z0-9_]/g, '_')}`
