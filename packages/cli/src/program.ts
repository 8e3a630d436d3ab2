import { readFileSync } from "node:fs"
import { Command, Option } from "commander"
import { exitCodeWords, type ExitCode } from "./exit-code.ts"
import type { InProject } from "./in-project.ts"
import type { LogKind } from "./project-log.ts"
import { registerControl } from "./register-control.ts"
import { registerPlanning } from "./register-planning.ts"
import { registerImprovement } from "./register-improvement.ts"
import { registerLearning } from "./register-learning.ts"
import { registerReport } from "./register-report.ts"
import { registerVision } from "./register-vision.ts"
import { registerSurvey } from "./register-survey.ts"
import { registerSystem } from "./register-system.ts"
import { registerText } from "./register-text.ts"
import { registerTrace } from "./register-trace.ts"
import { openTerminal } from "./terminal.ts"
import { examples, wholeNumber } from "./usage.ts"

/** The version of this package. */
export const version = (
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    readonly version: string
  }
).version

interface Globals {
  readonly config?: string
  readonly debug?: boolean
  readonly quiet?: boolean
}

const logKind = (flags: string, description: string): Option =>
  new Option(flags, description).choices(["embedded", "kafka"]).makeOptionMandatory()

/** Builds the command. Heavy modules are loaded only by the action that needs them. `finish` gets each action's exit code. */
export const buildProgram = (finish: (code: ExitCode) => void): Command => {
  const program = new Command("plimsoll")
  const globals = () => program.opts<Globals>()
  const inProject: InProject = async (work) => {
    const { loadProject } = await import("./project.ts")
    const project = await loadProject(globals().config)
    finish(await work(project, openTerminal({ quiet: globals().quiet })))
  }

  program
    .description(
      "Shows, before harm is done, when the quality of a service is slipping.\n" +
        "Reads operational data into an event log, computes measures, judges them by\n" +
        "control charts, and says what is slipping, since when, and by which rule."
    )
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help; also for one command: plimsoll run --help")
    .option("--config <file>", "the project's config (default: plimsoll.config.ts in this folder)")
    .option("--quiet", "say nothing but answers and errors")
    .option("--debug", "print the stack of an error")
    .exitOverride()
    .showHelpAfterError("(plimsoll --help lists the commands)")
    .addHelpText(
      "after",
      `${examples("plimsoll init my-project", "plimsoll run", "plimsoll status", "plimsoll chart falls-rate oak", 'plimsoll sql "FROM plimsoll.signal"')}

Exit codes:
${exitCodeWords.map(([code, words]) => `  ${String(code).padStart(3)}  ${words}`).join("\n")}`
    )

  program
    .command("init")
    .description("write a project that runs at once: a config, a measure, sample figures")
    .argument("[folder]", "where; default: this folder", ".")
    .option("--kafka <brokers>", "with the event log on Kafka: host:port, more with commas between")
    .addHelpText(
      "after",
      examples("plimsoll init my-project", "plimsoll init my-project --kafka localhost:9092")
    )
    .action(async (folder: string, flags: { readonly kafka?: string }) => {
      const { init } = await import("./commands/init.ts")
      finish(init(folder, version, openTerminal({ quiet: globals().quiet }), flags))
    })

  program
    .command("run")
    .description("read all sources to their end, compute, say what is slipping, publish")
    .option("--watch", "then go on: follow the sources, compute at once, publish once a minute at most")
    .option(
      "--wait",
      "stand by while another run has the project, and take over when it ends (as --watch does)"
    )
    .addOption(
      new Option(
        "--only <part>",
        "connectors: read the sources into the log, on any machine; core: compute and publish what is on the log"
      ).choices(["connectors", "core"])
    )
    .option(
      "--on-signal <command>",
      "run this for every signal event, with the event as JSON on its standard input; at least once each, with an id"
    )
    .option(
      "--metrics <address>",
      "with --watch: tell metrics to Prometheus, at a port of this machine (9464) or a host:port"
    )
    .option("--json", "print the summary as JSON")
    .addHelpText(
      "after",
      `${examples("plimsoll run", "plimsoll run --watch", 'plimsoll run --on-signal "node tell-the-team.mjs"')}

One process is the core of a project at a time, on every machine that shares the log: a second one with --watch or
--wait stands by and takes over. A run that is interrupted, even by a power cut, loses nothing
and doubles nothing: the next one goes on from there. Rows that cannot be read are kept: plimsoll dead-letters list.`
    )
    .action(
      (flags: {
        readonly watch?: boolean
        readonly wait?: boolean
        readonly only?: "connectors" | "core"
        readonly onSignal?: string
        readonly metrics?: string
        readonly json?: boolean
      }) =>
        inProject(async (project, terminal) => {
          const { run } = await import("./commands/run.ts")
          return run(project, terminal, {
            ...flags,
            quiet: globals().quiet ?? false,
            debug: globals().debug ?? false
          })
        })
    )

  program
    .command("status")
    .description("what is slipping, improving, silent, waiting; from the published file, whose age it tells")
    .option("--json", "print it all as JSON (a stable format, described in the README)")
    .option("--all", "every series, in full; default: ten slipping in full, ten lines of what else is new")
    .option("--measure <id>", "only this measure")
    .option("--microsystem <id>", "only this microsystem")
    .addHelpText("after", examples("plimsoll status", "plimsoll status --microsystem oak --all"))
    .action(
      (flags: {
        readonly json?: boolean
        readonly all?: boolean
        readonly measure?: string
        readonly microsystem?: string
      }) =>
        inProject(async (project, terminal) => {
          const { status } = await import("./commands/status.ts")
          return status(project, terminal, flags)
        })
    )

  program
    .command("chart")
    .description("the control chart of one measure and microsystem, in the terminal or as SVG")
    .argument("<measure>", "the id of the measure")
    .argument("<microsystem>", "the id of the microsystem")
    .option("--stratum <name=value>", "a breakdown, such as sex=F; default: the whole")
    .option("--svg <file>", "write an SVG; - for standard output")
    .option("--width <n>", "in characters, or in pixels with --svg", wholeNumber(32))
    .addHelpText(
      "after",
      examples("plimsoll chart falls-rate oak", "plimsoll chart falls-rate oak --svg oak.svg")
    )
    .action(
      (
        measure: string,
        microsystem: string,
        flags: { readonly stratum?: string; readonly svg?: string; readonly width?: number }
      ) =>
        inProject(async (project, terminal) => {
          const { chart } = await import("./commands/chart.ts")
          return chart(project, terminal, measure, microsystem, flags)
        })
    )

  registerTrace(program, inProject)

  program
    .command("sql")
    .description("a query over the published file, with the macros of the schema spc")
    .argument("<query>", "SQL, in DuckDB's dialect")
    .addOption(
      new Option("--format <format>", "default: by the ending of --out, else table").choices([
        "table",
        "json",
        "csv",
        "parquet"
      ])
    )
    .option("--out <file>", "write the answer to a file")
    .addHelpText(
      "after",
      examples(
        "plimsoll sql \"FROM plimsoll.series WHERE status = 'slipping'\"",
        'plimsoll sql "FROM plimsoll.point" --out points.parquet',
        'plimsoll sql "SELECT table_name, comment FROM duckdb_tables()"'
      )
    )
    .action(
      (
        query: string,
        flags: { readonly format?: "table" | "json" | "csv" | "parquet"; readonly out?: string }
      ) =>
        inProject(async (project, terminal) => {
          const { sql } = await import("./commands/sql.ts")
          return sql(project, terminal, query, flags)
        })
    )

  const log = program.command("log").description("look at the event log")
  log
    .command("topics")
    .description("every topic with its partitions and records")
    .option("--json", "print them as JSON")
    .action((flags: { readonly json?: boolean }) =>
      inProject(async (project, terminal) => {
        const { logTopics } = await import("./commands/log.ts")
        return logTopics(project, terminal, flags)
      })
    )
  log
    .command("describe")
    .description("what each topic holds, its key and partitioning, how long it is kept")
    .option("--asyncapi", "as an AsyncAPI 3 document (JSON) of all that others may use")
    .option("--json", "print the table as JSON")
    .addHelpText(
      "after",
      examples("plimsoll log describe", "plimsoll log describe --asyncapi > asyncapi.json")
    )
    .action((flags: { readonly asyncapi?: boolean; readonly json?: boolean }) =>
      inProject(async (project, terminal) => {
        const { logDescribe } = await import("./commands/log-describe.ts")
        return logDescribe(project, terminal, flags)
      })
    )
  log
    .command("read")
    .description("records of a topic, partition by partition")
    .argument("<topic>", "its name, as plimsoll log topics prints it")
    .option("--from <offset>", "in each partition; default: the first", wholeNumber(0))
    .option("--limit <n>", "records in all; default: 20", wholeNumber(1))
    .option("--partition <n>", "only this partition", wholeNumber(0))
    .option("--json", "one JSON object a line, headers included")
    .addHelpText("after", examples("plimsoll log read my-hospital.plimsoll.signal.v1"))
    .action(
      (
        topic: string,
        flags: {
          readonly from?: number
          readonly limit?: number
          readonly partition?: number
          readonly json?: boolean
        }
      ) =>
        inProject(async (project, terminal) => {
          const { logRead } = await import("./commands/log.ts")
          return logRead(project, terminal, topic, flags)
        })
    )
  log
    .command("copy")
    .description("the whole log into the project's log of the other kind, each record exactly once")
    .addOption(logKind("--from <log>", "the log to copy"))
    .addOption(logKind("--to <log>", "the log that gets the copy; it must be empty, or have an earlier copy"))
    .option("--leave-out-bytes", "go on without records that are no text in UTF-8")
    .option("--json", "print what was copied as JSON")
    .addHelpText(
      "after",
      `${examples("plimsoll log copy --from embedded --to kafka")}

The cluster is the one that kafka names in the config. A copy that is interrupted goes on from there, and
copying again brings what is new. Afterwards the store has to be made again: plimsoll rebuild.`
    )
    .action(
      (flags: {
        readonly from: LogKind
        readonly to: LogKind
        readonly leaveOutBytes?: boolean
        readonly json?: boolean
      }) =>
        inProject(async (project, terminal) => {
          const { logCopy } = await import("./commands/log-copy.ts")
          return logCopy(project, terminal, flags)
        })
    )

  const letters = program
    .command("dead-letters")
    .description("rows that could not be read: list, show, replay once the schema is mended")
  letters
    .command("list")
    .description("where they stand, and why")
    .option("--stream <name>", "only of this stream")
    .option("--code <code>", "only of this kind, such as decode-failed")
    .option("--limit <n>", "default: 100, with --json all", wholeNumber(1))
    .option("--json", "one JSON object a line")
    .action(
      (flags: {
        readonly stream?: string
        readonly code?: string
        readonly limit?: number
        readonly json?: boolean
      }) =>
        inProject(async (project, terminal) => {
          const { deadLetters } = await import("./commands/dead-letters.ts")
          return deadLetters(project, terminal, flags)
        })
    )
  letters
    .command("show")
    .description("all that the log holds of one, the row as it was kept included: it may be confidential")
    .argument("<id>", "as list prints it; the first characters are enough")
    .option("--json", "print it as JSON")
    .action((id: string, flags: { readonly json?: boolean }) =>
      inProject(async (project, terminal) => {
        const { deadLetter } = await import("./commands/dead-letters.ts")
        return deadLetter(project, terminal, id, flags)
      })
    )
  letters
    .command("replay")
    .description("read them again by the config as it is now; what fits arrives, once, and the rest stays")
    .option("--stream <name>", "only of this stream")
    .option("--id <id>", "only this one")
    .option("--dry-run", "tell what would be done, and do nothing")
    .option("--json", "print what was done as JSON")
    .addHelpText(
      "after",
      `${examples("plimsoll dead-letters replay --dry-run", "plimsoll dead-letters replay --stream falls")}

A row never overrides a later one of its key: where there is one, it is counted as superseded.`
    )
    .action(
      (flags: {
        readonly stream?: string
        readonly id?: string
        readonly dryRun?: boolean
        readonly json?: boolean
      }) =>
        inProject(async (project, terminal) => {
          const { replay } = await import("./commands/dead-letters-replay.ts")
          return replay(project, terminal, flags)
        })
    )

  program
    .command("metrics")
    .description(
      "how far the store is behind the log, by topic; while a run watches, ask its --metrics instead"
    )
    .option("--prometheus", "in the text format of Prometheus")
    .option("--json", "print it as JSON")
    .action((flags: { readonly prometheus?: boolean; readonly json?: boolean }) =>
      inProject(async (project, terminal) => {
        const { metrics } = await import("./commands/metrics.ts")
        return metrics(project, terminal, flags)
      })
    )

  program
    .command("rebuild")
    .description("make the working store again from the log; the old one is kept aside")
    .addHelpText("after", "\nThe log stays as it is, and no signal is emitted again.")
    .action(() =>
      inProject(async (project, terminal) => {
        const { rebuild } = await import("./commands/rebuild.ts")
        return rebuild(project, terminal)
      })
    )

  program
    .command("doctor")
    .description(
      "free space, sizes and growth, clock and zone, drive, lock, versions; of a log on Kafka: brokers, rights,\n" +
        "topics, how they are kept, and how far the store is behind"
    )
    .option("--json", "print the findings as JSON")
    .action((flags: { readonly json?: boolean }) =>
      inProject(async (project, terminal) => {
        const { doctor } = await import("./commands/doctor.ts")
        return doctor(project, terminal, flags)
      })
    )
  registerReport(program, inProject)
  registerControl(program, inProject)
  registerSystem(program, inProject)
  registerVision(program, inProject)
  registerPlanning(program, inProject)
  registerImprovement(program, inProject)
  registerSurvey(program, inProject)
  registerText(program, inProject)
  registerLearning(program, inProject)
  return program
}
