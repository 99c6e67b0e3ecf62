type Labels = Readonly<Record<string, string>>

/** Prometheus metrics. Names are `watchfloor_<area>_<what>_<unit>`. Asking for a name twice gives the same metric. */
export interface Metrics {
  counter(name: string, help: string, labelNames?: readonly string[]): { add(value?: number, labels?: Labels): void }
  gauge(name: string, help: string, labelNames?: readonly string[]): { set(value: number, labels?: Labels): void }
  histogram(
    name: string,
    help: string,
    options: { buckets: readonly number[]; labelNames?: readonly string[] },
  ): { observe(value: number, labels?: Labels): void }
  /** Text exposition format. */
  render(): Promise<string>
}
