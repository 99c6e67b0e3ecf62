import type { Staged } from './commit-queue.ts'
import type { Environment, PartitionState, TopicState } from './environment.ts'
import { encodeState, readState, stateKey } from './environment.ts'

/**
 * The states of topics and partitions: what is on disk, and over it what the group being committed makes of them. A stage reads
 * and writes the upper layer; everybody else reads what is on disk.
 */
export class LogStates {
  readonly #environment: Environment
  readonly #topics = new Map<string, TopicState>()
  readonly #partitions = new Map<string, PartitionState>()
  readonly #stagedTopics = new Map<string, TopicState>()
  readonly #stagedPartitions = new Map<string, PartitionState>()
  #keptBytes = 0

  constructor(environment: Environment) {
    this.#environment = environment
    const topicPrefix = stateKey.topic('')
    for (const { key, value } of environment.state.getRange({
      start: topicPrefix,
      end: stateKey.topic('\u{10ffff}'),
    })) {
      this.#topics.set(Buffer.from(key).toString().slice(topicPrefix.length), JSON.parse(value.toString()))
    }
    for (const topic of this.#topics.values()) {
      for (let partition = 0; partition < topic.partitions; partition++) {
        const state = readState<PartitionState>(environment.state, stateKey.partition(topic.id, partition))
        if (state) {
          this.#partitions.set(`${topic.id}/${partition}`, state)
          this.#keptBytes += state.bytes
        }
      }
    }
  }

  /** @throws when nobody declared the topic */
  topic(name: string): TopicState {
    const state = this.#topics.get(name)
    if (!state) throw new Error(`the topic "${name}" has not been declared`)
    return state
  }

  partition(topicId: number, partition: number): PartitionState {
    return this.#partitions.get(`${topicId}/${partition}`) ?? { first: 0, next: 0, bytes: 0 }
  }

  findStagedTopic(name: string): TopicState | undefined {
    return this.#stagedTopics.get(name) ?? this.#topics.get(name)
  }

  stagedTopic(name: string): TopicState {
    return this.findStagedTopic(name) ?? this.topic(name)
  }

  stagedPartition(topicId: number, partition: number): PartitionState {
    return this.#stagedPartitions.get(`${topicId}/${partition}`) ?? this.partition(topicId, partition)
  }

  stageTopic(staged: Staged, name: string, state: TopicState): void {
    this.#stagedTopics.set(name, state)
    staged.put(this.#environment.state, stateKey.topic(name), encodeState(state))
  }

  stagePartition(staged: Staged, topicId: number, partition: number, state: PartitionState): void {
    this.#stagedPartitions.set(`${topicId}/${partition}`, state)
    staged.put(this.#environment.state, stateKey.partition(topicId, partition), encodeState(state))
  }

  /** Bytes of all records, those of the group being committed included. */
  stagedBytes(): number {
    let sum = this.#keptBytes
    for (const [key, { bytes }] of this.#stagedPartitions) sum += bytes - (this.#partitions.get(key)?.bytes ?? 0)
    return sum
  }

  /** How many topics there will be, for the next topic's id. */
  stagedTopicCount(): number {
    return new Set([...this.#topics.keys(), ...this.#stagedTopics.keys()]).size
  }

  /** The staged layer is on disk. Answers the partitions that it changed, as `topicId/partition`. */
  keepStaged(): string[] {
    const changed = [...this.#stagedPartitions.keys()]
    this.#keptBytes = this.stagedBytes()
    for (const [name, state] of this.#stagedTopics) this.#topics.set(name, state)
    for (const [key, state] of this.#stagedPartitions) this.#partitions.set(key, state)
    this.forgetStaged()
    return changed
  }

  forgetStaged(): void {
    this.#stagedTopics.clear()
    this.#stagedPartitions.clear()
  }
}

/** Offset before which every group has passed; undefined for a topic that nobody reads. */
export function passedByAll(topic: TopicState, partition: number, first: number): number | undefined {
  const positions = Object.values(topic.groups).map((committed) => committed[partition] ?? first)
  return positions.length === 0 ? undefined : Math.min(...positions)
}
