import { type Command, InvalidArgumentError, Option } from "commander"
import type { Found } from "@plimsoll/quality"
import type { CodeFlags } from "./commands/text-code.ts"
import type { DuplicateFlags } from "./commands/text-duplicates.ts"
import type { RedactFlags } from "./commands/text-redact.ts"
import type { SuggestFlags } from "./commands/text-suggest.ts"
import type { InProject } from "./in-project.ts"
import { examples, wholeNumber } from "./usage.ts"

interface Json {
  readonly json?: boolean
}

/** What a span can be marked to be; the schema of redactions holds the same list, and a test that they agree. */
export const spanPatterns: ReadonlyArray<Found["pattern"]> = [
  "name",
  "email",
  "web",
  "handle",
  "nhs-number",
  "chi-number",
  "national-insurance-number",
  "date-of-birth",
  "date",
  "address",
  "postcode",
  "vehicle",
  "phone",
  "long-number",
  "other"
]

const share = (text: string): number => {
  const value = Number(text)
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError("It must be above 0, up to 1.")
  return value
}

const spans = (text: string): "all" | ReadonlyArray<number> => {
  if (text === "all") return "all"
  if (!/^[1-9]\d{0,3}(,[1-9]\d{0,3})*$/.test(text)) {
    throw new InvalidArgumentError("It must be numbers of spans with commas between, or all.")
  }
  return text.split(",").map(Number)
}

const mark = (text: string, before: ReadonlyArray<Found> = []): ReadonlyArray<Found> => {
  const [, start, end, pattern] = /^(\d{1,5})-(\d{1,5}):([a-z-]+)$/.exec(text) ?? []
  const known = spanPatterns.find((one) => one === pattern)
  if (known === undefined) {
    throw new InvalidArgumentError(
      `It must be from-to:what, such as 14-21:name; what is one of ${spanPatterns.join(", ")}.`
    )
  }
  return [...before, { pattern: known, start: Number(start), end: Number(end) }]
}

const again = (text: string, before: ReadonlyArray<string> = []): ReadonlyArray<string> => [...before, text]

const coder = (text: string): string => {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u.test(text)) {
    throw new InvalidArgumentError("It must be one word of at most 40 characters that stands for you: c1.")
  }
  return text
}

const show = "print the words, on a terminal alone: into no pipe and no file"

/** Adds `plimsoll text …` and `plimsoll story …`. */
export const registerText = (program: Command, inProject: InProject): void => {
  const text = program
    .command("text")
    .description(
      "free text of notes and stories, for the holder of the vault: look through, redact, suggest themes, code.\n" +
        "Words are opened in memory and stored nowhere; what is said on the log has none"
    )
  text
    .command("import")
    .description(
      "read the sources of notes and stories that the config names, and look through every text that is new:\n" +
        "its length, its language, and what patterns find in it"
    )
    .argument("[source]", "only this source: its instance")
    .option("--json", "print what was found as JSON")
    .addHelpText("after", examples("plimsoll text import", "plimsoll text import stories-2026"))
    .action((instance: string | undefined, flags: Json) =>
      inProject(async (project, terminal) =>
        (await import("./commands/text-import.ts")).textImport(project, terminal, instance, flags)
      )
    )
  text
    .command("list")
    .description("how many texts of each unit wait to be looked through, checked, coded, coded twice")
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("plimsoll text list"))
    .action((flags: Json) =>
      inProject(async (project, terminal) =>
        (await import("./commands/text-list.ts")).textList(project, terminal, flags)
      )
    )
  text
    .command("duplicates")
    .description(
      "texts that look alike. Nothing is dropped: two equal texts can both be true, and a person says so"
    )
    .argument("[text]", "with another: say what they are")
    .argument("[other]", "the other text")
    .option("--at-least <share>", "how alike: shared runs of three words; default: the config's, 0.8", share)
    .addOption(
      new Option("--verdict <verdict>", "same: one telling that came twice; both: two tellings").choices([
        "same",
        "both"
      ])
    )
    .option("--coder <name>", "a name that stands for you and is not yours", coder)
    .option("--show", show)
    .option("--json", "print them as JSON")
    .addHelpText(
      "after",
      examples(
        "plimsoll text duplicates --show",
        "plimsoll text duplicates s-12 s-40 --verdict same --coder c1"
      )
    )
    .action((one: string | undefined, other: string | undefined, flags: DuplicateFlags) =>
      inProject(async (project, terminal) =>
        (await import("./commands/text-duplicates.ts")).textDuplicates(
          project,
          terminal,
          one === undefined ? undefined : [one, other ?? one],
          flags
        )
      )
    )
  text
    .command("redact")
    .description(
      "what waits for a check; one text with the spans that patterns propose; or your decision on all of them,\n" +
        "which seals a redacted text beside the first"
    )
    .argument("[text]", "the id of the text")
    .option(
      "--accept <spans>",
      "redact these: numbers with commas between, or all (that --reject does not name)",
      spans
    )
    .option("--reject <spans>", "let these stand: numbers, or all (that --accept does not name)", spans)
    .option("--mark <span>", "redact what no pattern found: from-to:what; may be said again", mark)
    .option("--coder <name>", "a name that stands for you and is not yours", coder)
    .option("--limit <n>", "how many to list; default: 20", wholeNumber(1))
    .option("--show", show)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      examples(
        "plimsoll text redact",
        "plimsoll text redact s-12 --show",
        "plimsoll text redact s-12 --accept all --reject 2 --mark 14-21:name --coder c1"
      )
    )
    .action((id: string | undefined, flags: RedactFlags) =>
      inProject(async (project, terminal) =>
        (await import("./commands/text-redact.ts")).textRedact(project, terminal, id, flags)
      )
    )
  text
    .command("suggest")
    .description(
      "suggest themes for texts that nobody has coded, each with its evidence; a suggestion is no code"
    )
    .argument("[text]", "only this text, and tell where the evidence is")
    .addOption(
      new Option(
        "--method <method>",
        "terms: those that the config declares; coded-texts: what your own coded texts show. Default: terms where there are any"
      ).choices(["terms", "coded-texts"])
    )
    .option("--show", "print the evidence, on a terminal alone")
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("plimsoll text suggest", "plimsoll text suggest s-12 --show"))
    .action((id: string | undefined, flags: SuggestFlags) =>
      inProject(async (project, terminal) =>
        (await import("./commands/text-suggest.ts")).textSuggest(project, terminal, id, flags)
      )
    )
  text
    .command("code")
    .description("what waits to be coded; one text, redacted; or how you code it")
    .argument("[text]", "the id of the text")
    .option("--theme <id>", "a theme of it; may be said again", again)
    .option("--none", "it is coded, and no theme fits")
    .option("--cannot", "the words do not say enough to be coded")
    .option("--second", "as the second coder, of the sample that a hash of the id chooses")
    .option("--coder <name>", "a name that stands for you and is not yours", coder)
    .option("--suggestions", "tell what was suggested; never to a second coder")
    .option("--limit <n>", "how many to list; default: 20", wholeNumber(1))
    .option("--show", show)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      examples(
        "plimsoll text code",
        "plimsoll text code s-12 --show",
        "plimsoll text code s-12 --theme waiting --theme food --coder c1",
        "plimsoll text code --second --coder c2"
      )
    )
    .action((id: string | undefined, flags: CodeFlags) =>
      inProject(async (project, terminal) =>
        (await import("./commands/text-code.ts")).textCode(project, terminal, id, flags)
      )
    )
  text
    .command("agreement")
    .description(
      "how far two coders agree on each theme: Krippendorff's alpha and Cohen's kappa, from the published file"
    )
    .option("--json", "print it as JSON")
    .addHelpText("after", examples("plimsoll text agreement"))
    .action((flags: Json) =>
      inProject(async (project, terminal) =>
        (await import("./commands/text-agreement.ts")).textAgreement(project, terminal, flags)
      )
    )
  const story = program.command("story").description("stories that people told, and their consent")
  story
    .command("withdraw")
    .description(
      "whoever told it takes it back: destroy the keys of its words, redacted ones too, and say so on the log.\n" +
        "Nobody can ever read them again; that there was a story still counts"
    )
    .argument("<story>", "the id of the story")
    .option("--yes", "you are sure")
    .option("--json", "print what was done as JSON")
    .addHelpText("after", examples("plimsoll story withdraw s-12 --yes"))
    .action((id: string, flags: Json & { readonly yes?: boolean }) =>
      inProject(async (project, terminal) =>
        (await import("./commands/text-withdraw.ts")).storyWithdraw(project, terminal, id, flags)
      )
    )
  story
    .command("erase-withdrawn")
    .description(
      "destroy the keys of all stories of which the log says, by a source or by hand, that they are withdrawn"
    )
    .option("--json", "print what was done as JSON")
    .addHelpText("after", examples("plimsoll story erase-withdrawn"))
    .action((flags: Json) =>
      inProject(async (project, terminal) =>
        (await import("./commands/text-withdraw.ts")).storyEraseWithdrawn(project, terminal, flags)
      )
    )
}
