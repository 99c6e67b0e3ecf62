import type { Coverage, NavigatorLayer } from '@watchfloor/contracts/rules'

/**
 * Our coverage as a layer: the score of a technique is how many rules for it run.
 * @source ATT&CK Navigator, layer file format 4.5
 */
export function toNavigatorLayer(coverage: Coverage, at: string): NavigatorLayer {
  const covered = coverage.techniques.filter((one) => one.rules > 0)
  return {
    name: 'Watchfloor coverage',
    versions: { attack: coverage.attackVersion, navigator: '5.1.0', layer: '4.5' },
    domain: 'enterprise-attack',
    description: `Rules by technique on ${at}; the score is how many of them run.`,
    sorting: 3,
    hideDisabled: false,
    gradient: {
      colors: ['#ffffff', '#66b1ff', '#0b5cad'],
      minValue: 0,
      maxValue: Math.max(1, ...covered.map((one) => one.enabled)),
    },
    techniques: covered.map((one) => ({
      techniqueID: one.id,
      score: one.enabled,
      enabled: true,
      comment: `${one.enabled} of ${one.rules} rules run; ${one.detections} detections in ${coverage.days} days`,
      metadata: [
        { name: 'rules', value: String(one.rules) },
        { name: 'rules that run', value: String(one.enabled) },
        { name: `detections in ${coverage.days} days`, value: String(one.detections) },
      ],
      showSubtechniques: true,
    })),
  }
}
