import type { WarningListEffect } from '@watchfloor/contracts/intel'

/**
 * Lists of places that anybody can rent (clouds, dynamic names, shorteners, relays) or that are watched because they are misused. They say
 * where something is, not that it is harmless: keeping silent about a dropper behind a shortener would be wrong.
 */
const rentedOrMisused =
  /amazon-aws|azure|gcp|oci|cloudflare|fastly|stackpath|bunny|dynamic-dns|shortener|link-in-bio|lots-project|disposable|ipfs|vpn|parking|sinkhole|scann|whats-my-ip|findip|smtp-sending|tor-|public-dns-hostname|microsoft-attack-simulator|telegram/i

/** What a new list does until somebody says otherwise. */
export const firstEffect = (slug: string): WarningListEffect => (rentedOrMisused.test(slug) ? 'inform' : 'block')
