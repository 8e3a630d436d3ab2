import {
  type KafkaLogOptions,
  type KafkaSurvey,
  type LackingRight,
  streamTopics,
  surveyKafka,
  type SurveyedTopic,
  type TopicSpec
} from "@plimsoll/log"
import {
  contractOf,
  measureDefinitions,
  microsystems,
  runs,
  signals,
  type StreamDefinition,
  ticks
} from "@plimsoll/schema"
import { complaintsOf } from "../complaints.ts"
import { counted } from "../figure-text.ts"
import type { Project } from "../project.ts"
import type { Finding } from "./doctor-finding.ts"

const own: ReadonlyArray<StreamDefinition> = [microsystems, measureDefinitions, ticks, signals, runs]

/** The topics that a project uses, as a run makes them. */
export const topicsOf = ({ config }: Project): ReadonlyArray<TopicSpec> => {
  const streams = [
    ...config.connectors.flatMap((connector) => connector.streams.map(({ definition }) => definition)),
    ...own
  ]
  const specs = streams.flatMap((stream) =>
    streamTopics(contractOf(config.organisation, stream), config.partitions)
  )
  return [...new Map(specs.map((spec) => [spec.topic, spec])).values()].toSorted((a, b) =>
    a.topic < b.topic ? -1 : 1
  )
}

/** How to make or mend a topic with Kafka's own tool. */
const alter = (server: string, topic: string, ...settings: ReadonlyArray<string>): string =>
  `kafka-configs.sh --bootstrap-server ${server} --alter --entity-type topics --entity-name ${topic} --add-config ${settings.join(",")}`

const create = (server: string, name: string, { partitions, cleanup }: TopicSpec): string =>
  `kafka-topics.sh --bootstrap-server ${server} --create --topic ${name} --partitions ${partitions} --config cleanup.policy=${
    cleanup === "compact" ? "compact" : "delete --config retention.ms=-1 --config retention.bytes=-1"
  } --config message.timestamp.type=CreateTime`

const days = (milliseconds: number): string =>
  milliseconds >= 86_400_000
    ? counted(Math.floor(milliseconds / 86_400_000), "day")
    : `${(milliseconds / 3_600_000).toLocaleString("en", { maximumFractionDigits: 1 })} hours`

const keeping = (
  server: string,
  name: string,
  spec: TopicSpec,
  { kept }: SurveyedTopic
): ReadonlyArray<Finding> => {
  if (kept === undefined) return []
  const { cleanup, expires } = kept
  const check = "retention"
  if (spec.cleanup === "compact") {
    if (cleanup === "compact" && expires === undefined) return []
    return [
      {
        check,
        state: "bad",
        message: `${name} holds the latest of each key and must be compacted only; its records are let go of by age or size`,
        suggestion: alter(server, name, "cleanup.policy=compact")
      }
    ]
  }
  if (cleanup === "compact")
    return [
      {
        check,
        state: "bad",
        message: `${name} holds facts and is compacted: of several records of one key only the last is kept`,
        suggestion: alter(server, name, "cleanup.policy=delete", "retention.ms=-1", "retention.bytes=-1")
      }
    ]
  if (expires === undefined) return []
  const { milliseconds, bytes } = expires
  const limits = [
    ...(milliseconds === undefined ? [] : [`after ${days(milliseconds)}`]),
    ...(bytes === undefined ? [] : [`beyond ${bytes.toLocaleString("en")} bytes a partition`])
  ]
  return [
    {
      check,
      state: "bad",
      message: `${name} holds facts and loses them ${limits.join(" and ")}: a rebuild would lack them`,
      suggestion: alter(server, name, "retention.ms=-1", "retention.bytes=-1")
    }
  ]
}

const topicFindings = (
  project: Project,
  survey: KafkaSurvey,
  specs: ReadonlyArray<TopicSpec>
): ReadonlyArray<Finding> => {
  const { prefix = "", replication } = project.config.kafka!
  const server = project.config.kafka!.brokers[0]!
  const wanted = replication ?? Math.min(3, survey.brokers)
  const thin: string[] = []
  const findings = specs.flatMap((spec): ReadonlyArray<Finding> => {
    const found = survey.topics.find(({ topic }) => topic === spec.topic)!
    const name = prefix + spec.topic
    if (found.state === "hidden") return []
    if (found.state === "missing")
      return [
        {
          check: "topics",
          state: "warn",
          message: `${name} is not on the log`,
          suggestion: `\`plimsoll run\` makes it; where this user may not: ${create(server, name, spec)}`
        }
      ]
    if (found.replication < wanted) thin.push(`${name} (${found.replication})`)
    return [
      ...(found.partitions === spec.partitions
        ? []
        : [
            {
              check: "topics",
              state: "bad",
              message: `${name} has ${counted(found.partitions, "partition")}, and the config asks for ${spec.partitions}`,
              configPath: "partitions",
              suggestion:
                "set partitions to what the topic has: more would put later records of a key into another partition"
            } as const
          ]),
      ...keeping(server, name, spec, found)
    ]
  })
  const there = survey.topics.filter(({ state }) => state === "there").length
  return [
    ...(findings.some(({ check }) => check === "topics")
      ? []
      : [
          {
            check: "topics",
            state: "ok",
            message: `${counted(there, "topic")} of the config are there`
          } as const
        ]),
    ...findings,
    ...(thin.length === 0
      ? []
      : [
          {
            check: "replicas",
            state: "warn",
            message: `fewer than ${wanted} replicas on a cluster of ${survey.brokers}: ${thin.slice(0, 3).join(", ")}${
              thin.length > 3 ? ` and ${thin.length - 3} more` : ""
            }; with one replica a broker's disk is the only place of its facts`,
            configPath: "kafka.replication",
            suggestion:
              "raise them with kafka-reassign-partitions.sh; kafka.replication is for topics that are made"
          } as const
        ])
  ]
}

const flags = { topic: "--topic", group: "--group", "transactional-id": "--transactional-id" } as const

const userOf = ({ sasl, tls }: KafkaLogOptions): string =>
  sasl !== undefined && sasl.mechanism !== "OAUTHBEARER"
    ? sasl.username
    : typeof tls === "object" && tls.cert !== undefined
      ? "THE-SUBJECT-OF-THE-CERTIFICATE"
      : "USER"

const rightFindings = (project: Project, lacking: ReadonlyArray<LackingRight>): ReadonlyArray<Finding> => {
  const { kafka, organisation, project: name } = project.config
  const { prefix = "" } = kafka!
  if (lacking.length === 0)
    return [{ check: "rights", state: "ok", message: "this user may do on the log what a run does" }]
  // By prefix, as documented: it covers every stream to come.
  const prefixOf = ({ resource, name: topic }: LackingRight): string =>
    resource === "group"
      ? `${prefix}plimsoll.${name}.`
      : resource === "transactional-id"
        ? `${prefix}plimsoll.`
        : topic.startsWith(`${prefix}plimsoll.`)
          ? `${prefix}plimsoll.`
          : `${prefix}${organisation}.`
  const groups = Map.groupBy(lacking, (one) => `${flags[one.resource]} ${prefixOf(one)}`)
  return [...groups].map(([target, of]) => {
    const operations = [...new Set(of.flatMap((one) => one.operations))]
    const which = of.length === 1 ? of[0]!.name : `${of[0]!.name} and ${of.length - 1} more`
    return {
      check: "rights",
      state: "bad",
      message: `this user lacks ${operations.join(", ")} on ${of[0]!.resource.replace("-", " ")} ${which}`,
      suggestion: `kafka-acls.sh --bootstrap-server ${kafka!.brokers[0]} --add --allow-principal User:${userOf(kafka!)} ${operations
        .map((operation) => `--operation ${operation}`)
        .join(" ")} --resource-pattern-type prefixed ${target}`
    }
  })
}

/** What `plimsoll doctor` finds of a log on Kafka, without changing it. */
export const kafkaFindings = async (project: Project): Promise<ReadonlyArray<Finding>> => {
  const kafka = project.config.kafka!
  const specs = topicsOf(project)
  const client = kafka.client ?? "platformatic"
  try {
    const survey = await surveyKafka(kafka, {
      topics: specs.map(({ topic }) => topic),
      id: `plimsoll.${project.config.project}.doctor`
    })
    const cluster: Finding = {
      check: "kafka",
      state: "ok",
      message: `${counted(survey.brokers, "broker")} by ${client}${kafka.tls === undefined || kafka.tls === false ? "" : ", TLS"}${
        kafka.sasl === undefined ? "" : `, ${kafka.sasl.mechanism}`
      }`
    }
    const rights = rightFindings(project, survey.lacking)
    if (!survey.hasLog) {
      const message = "there is no log on the cluster yet; a run makes it"
      return [cluster, ...rights, { check: "log", state: "ok", message }]
    }
    return [cluster, ...rights, ...topicFindings(project, survey, specs)]
  } catch (error) {
    const [{ message, suggestion, configPath }] = complaintsOf(error)
    return [
      {
        check: "kafka",
        state: "bad",
        message,
        ...(configPath === undefined ? {} : { configPath }),
        ...(suggestion === undefined ? {} : { suggestion })
      }
    ]
  }
}
