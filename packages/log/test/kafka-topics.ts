import { Admin } from "@platformatic/kafka"

/** Makes a topic as another program would: with the settings that are given, and those of the brokers. */
export const makeTopic = async (
  brokers: ReadonlyArray<string>,
  topic: string,
  how: {
    readonly partitions?: number
    readonly replicas?: number
    readonly settings?: { readonly [name: string]: string }
  } = {}
): Promise<void> => {
  const admin = new Admin({ clientId: "test", bootstrapBrokers: [...brokers] })
  try {
    const configs = Object.entries(how.settings ?? {}).map(([name, value]) => ({ name, value }))
    await admin.createTopics({
      topics: [topic],
      partitions: how.partitions ?? 1,
      replicas: how.replicas ?? 1,
      configs
    })
  } finally {
    await admin.close()
  }
}
