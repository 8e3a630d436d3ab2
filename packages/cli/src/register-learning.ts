import type { Command } from "commander"
import type { InProject } from "./in-project.ts"
import { examples, wholeNumber } from "./usage.ts"

interface ListFlags {
  readonly most?: number
  readonly json?: boolean
}

/** Adds `plimsoll learn similar`, `search` and `around`. */
export const registerLearning = (program: Command, inProject: InProject): void => {
  const learn = program
    .command("learn")
    .description("learn from others: who had this problem, what is known of it, what moved around a signal")
  learn
    .command("similar")
    .description("units that have or had a problem like one that this unit has now, and how they are alike")
    .argument("<unit>", "the id of the microsystem")
    .option("--most <n>", "units at most; default: 10", wholeNumber(1))
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `${examples("plimsoll learn similar oak", "plimsoll learn similar oak --most 3 --json")}

Alike are units whose notes speak of the same themes, whose measures of the same family signal, and which are of the
same kind; the reasons are listed. Got past it: its signals are over. That it is over there does not say what helped:
read the lessons, and ask.`
    )
    .action((unit: string, flags: ListFlags) =>
      inProject(async (project, terminal) => {
        const { learnSimilar } = await import("./commands/learn-similar.ts")
        return learnSimilar(project, terminal, unit, flags)
      })
    )
  learn
    .command("search")
    .description("lessons, insights, goals, questions and communities whose titles have these words")
    .argument("<words...>", "any of them may fit; beginnings of words and slips of the pen do, too")
    .option("--most <n>", "how many at most; default: 20", wholeNumber(1))
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `${examples('plimsoll learn search "night lights"', "plimsoll learn search discharge --json")}

Only titles that everybody may read are looked through: no note, no story, no answer of anybody.`
    )
    .action((words: ReadonlyArray<string>, flags: ListFlags) =>
      inProject(async (project, terminal) => {
        const { learnSearch } = await import("./commands/learn-search.ts")
        return learnSearch(project, terminal, words.join(" "), flags)
      })
    )
  learn
    .command("around")
    .description("what moved around a signal, in its unit and those linked to it: questions for its team")
    .argument("<signal>", "the id of the signal, or its first four characters or more")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `${examples("plimsoll learn around 3fa2c1", "plimsoll learn around 3fa2c1 --json")}

It says how many figures were looked at and how many of them luck alone would list. What moves together need not
belong together: nothing here is a cause until those who do the work say what they know of it.`
    )
    .action((signal: string, flags: { readonly json?: boolean }) =>
      inProject(async (project, terminal) => {
        const { learnAround } = await import("./commands/learn-around.ts")
        return learnAround(project, terminal, signal, flags)
      })
    )
}
