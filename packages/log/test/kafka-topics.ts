import {
  AclOperations,
  AclPermissionTypes,
  Admin,
  ResourcePatternTypes,
  ResourceTypes
} from "@platformatic/kafka"

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

/** What `kafka-acls.sh --add` would give a user: on everything whose name begins so. */
export const allow = async (
  brokers: ReadonlyArray<string>,
  user: string,
  rights: ReadonlyArray<{
    readonly resource: "TOPIC" | "GROUP" | "TRANSACTIONAL_ID"
    readonly prefix: string
    readonly operations: ReadonlyArray<"READ" | "WRITE" | "CREATE" | "DESCRIBE" | "DESCRIBE_CONFIGS">
  }>
): Promise<void> => {
  const admin = new Admin({ clientId: "test", bootstrapBrokers: [...brokers] })
  try {
    await admin.createAcls({
      creations: rights.flatMap(({ resource, prefix, operations }) =>
        operations.map((operation) => ({
          resourceType: ResourceTypes[resource],
          resourceName: prefix,
          resourcePatternType: ResourcePatternTypes.PREFIXED,
          principal: `User:${user}`,
          host: "*",
          operation: AclOperations[operation],
          permissionType: AclPermissionTypes.ALLOW
        }))
      )
    })
  } finally {
    await admin.close()
  }
}
