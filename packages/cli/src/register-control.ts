import { type Command, InvalidArgumentError, Option } from "commander"
import type { SignalResponse } from "@plimsoll/quality"
import type { SignalFlags, SignalListFlags } from "./commands/signal.ts"
import type { InProject } from "./in-project.ts"
import { examples } from "./usage.ts"

const many = (text: string): number => {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1 on.")
  return Number(text)
}

/** What a signal can be put down to; the schema of responses holds the same list, and a test that they agree. */
export const causes: ReadonlyArray<NonNullable<SignalResponse["cause"]>> = [
  "staffing",
  "skills",
  "equipment",
  "supplies",
  "premises",
  "information-system",
  "handover",
  "changed-process",
  "process-not-followed",
  "more-demand",
  "different-patients",
  "another-service",
  "season-or-weather",
  "error-in-the-data",
  "none-found"
]

const chosen = (flags: string, description: string, choices: ReadonlyArray<string>): Option =>
  new Option(flags, description).choices(choices).makeOptionMandatory()

const kinds: ReadonlyArray<{
  readonly kind: SignalResponse["kind"]
  readonly description: string
  readonly options: ReadonlyArray<Option>
  readonly example: string
}> = [
  {
    kind: "acknowledge",
    description: "we have seen it",
    options: [],
    example: "plimsoll signal acknowledge 3fa2c1"
  },
  {
    kind: "explain",
    description: "why it is so: the assignable cause",
    options: [chosen("--cause <cause>", "from a closed list", causes)],
    example: "plimsoll signal explain 3fa2c1 --cause staffing"
  },
  {
    kind: "act",
    description: "what was done about it",
    options: [
      chosen(
        "--class <class>",
        "strong: it cannot go wrong any more; intermediate: it is easier to do right; weak: told, trained, reminded",
        ["strong", "intermediate", "weak"]
      ),
      chosen("--aim <aim>", "what it is aimed at", ["process", "person"])
    ],
    example: "plimsoll signal act 3fa2c1 --class strong --aim process"
  },
  {
    kind: "check",
    description: "whether it helped",
    options: [chosen("--outcome <outcome>", "what was found", ["better", "same", "worse", "too-early"])],
    example: "plimsoll signal check 3fa2c1 --outcome better"
  },
  {
    kind: "close",
    description: "we are done with it; it does not open again while the same run lasts",
    options: [],
    example: "plimsoll signal close 3fa2c1"
  }
]

const registerSignal = (program: Command, inProject: InProject): void => {
  const signal = program
    .command("signal")
    .description("the life of signals: list, acknowledge, explain, act, check again, close")
  signal
    .command("list")
    .description("signals that are open, with who answered")
    .option("--microsystem <id>", "only of this unit")
    .option("--all", "those that are over, too")
    .option("--json", "print them as JSON")
    .addHelpText("after", examples("plimsoll signal list", "plimsoll signal list --microsystem oak --all"))
    .action((flags: SignalListFlags) =>
      inProject(async (project, terminal) => {
        const { signalList } = await import("./commands/signal.ts")
        return signalList(project, terminal, flags)
      })
    )
  for (const { kind, description, options, example } of kinds) {
    const command = signal
      .command(kind)
      .description(description)
      .argument("<id>", "the id of the signal, as list prints it; the first characters are enough")
      .option("--team <unit>", "the unit that answers; default: the signal's own")
      .option("--text <words>", "in words, kept as a note; only where the project has declared notes open")
    for (const option of options) command.addOption(option)
    command
      .option("--json", "print what was appended as JSON")
      .addHelpText("after", examples(example))
      .action((id: string, flags: SignalFlags) =>
        inProject(async (project, terminal) => {
          const { signalAnswer } = await import("./commands/signal.ts")
          return signalAnswer(project, terminal, kind, id, flags)
        })
      )
  }
}

/** The commands of quality control: `signal`, `huddle`, `note`, `annotate`. */
export const registerControl = (program: Command, inProject: InProject): void => {
  registerSignal(program, inProject)
  program
    .command("huddle")
    .description(
      "the board that a team stands before: what is slipping, what was said and done, what nobody answered"
    )
    .argument("<microsystem>", "the id of the unit")
    .option("--held", "note that the huddle of today was held")
    .option("--roles <n>", "with --held: how many role groups were there", many)
    .option("--json", "print the board as JSON")
    .addHelpText("after", examples("plimsoll huddle oak", "plimsoll huddle oak --held --roles 3"))
    .action(
      (
        microsystem: string,
        flags: { readonly held?: boolean; readonly roles?: number; readonly json?: boolean }
      ) =>
        inProject(async (project, terminal) => {
          const { huddle } = await import("./commands/huddle.ts")
          return huddle(project, terminal, microsystem, flags)
        })
    )
  program
    .command("note")
    .description("a team's own words: sealed, unless the project has declared its notes open")
    .argument("<microsystem>", "the id of the unit")
    .argument(
      "<text>",
      "the words: name nobody. Where notes are open, everyone who has the published file can read them"
    )
    .addOption(
      new Option("--kind <kind>", "what it is")
        .choices(["huddle", "near-miss", "story", "thanks"])
        .default("huddle")
    )
    .option("--role <role>", "the role group of who writes, never a name")
    .option("--json", "print its id as JSON")
    .addHelpText("after", examples('plimsoll note oak "two beds without a call bell" --kind near-miss'))
    .action(
      (
        microsystem: string,
        text: string,
        flags: { readonly kind: string; readonly role?: string; readonly json?: boolean }
      ) =>
        inProject(async (project, terminal) => {
          const { note } = await import("./commands/note.ts")
          return note(project, terminal, microsystem, text, flags)
        })
    )
  program
    .command("annotate")
    .description("put a mark on the chart of a measure and unit")
    .argument("<measure>", "the id of the measure")
    .argument("<microsystem>", "the id of the unit")
    .argument("<day>", "YYYY-MM-DD")
    .argument("<label>", "what happened, in at most 80 characters that name nobody")
    .addOption(
      new Option("--kind <kind>", "change: done differently; event: it happened; data: counted differently")
        .choices(["change", "event", "data"])
        .default("change")
    )
    .option("--json", "print its id as JSON")
    .addHelpText("after", examples('plimsoll annotate falls-rate oak 2026-03-01 "new rota"'))
    .action(
      (
        measure: string,
        microsystem: string,
        day: string,
        label: string,
        flags: { readonly kind: string; readonly json?: boolean }
      ) =>
        inProject(async (project, terminal) => {
          const { annotate } = await import("./commands/annotate.ts")
          return annotate(project, terminal, { measure, microsystem, day, label }, flags)
        })
    )
}
