import { isCommon } from "./words.ts"

/** Stands, in a text that is being looked through, for each code unit of a name that was found. */
export const nameFiller = "\uE000"
/** The same for anything else that was found. */
export const otherFiller = "\uE001"

const alternatives = (words: string): string => words.split(" ").join("|").replaceAll("_", "\\s+")

/** Before any name. "Miss" and "Sir" only so written: both are words of other kinds, too. */
const titles = alternatives(
  "mr mrs ms mx dr prof professor rev reverend Miss MISS Sir Dame Madam Lord Lady Cllr Councillor"
)

/** Before a name, where a capital follows: people are called by what they do. */
const callings = alternatives(
  "nurses? sisters? matrons? midwi(?:fe|ves) doctors? docs? gps? consultants? surgeons? registrars? anaesthetists? " +
    "psychologists? psychiatrists? therapists? physios? physiotherapists? dentists? opticians? pharmacists? dieti[ct]ians? " +
    "paramedics? drivers? receptionists? carers? hcas? assistants? porters? volunteers? chaplains? managers? workers? " +
    "counsellors? cleaners? phlebotomists? radiographers? sonographers? technicians? crew lady gentleman"
)

const phrases = alternatives(
  "my_name_is my_name's name_is_called is_called was_called called named thanks_to thank_you_to thanks thankyou thank_you " +
    "patient_name name: signed regards"
)

const capital = String.raw`\p{Lu}(?:['’]\p{Lu})?\p{Ll}+(?:[-'’]?\p{Lu}?\p{Ll}+)*`
const initial = String.raw`\p{Lu}(?![\p{L}\p{N}&'’])`
const any = String.raw`\p{L}[\p{L}'’-]*`

/** Words that begin with a capital where a name could stand, and are none. */
const notNames = new Set(
  (
    "nhs a&e ane ward unit clinic hospital practice surgery trust department dept team service services bank street road health care " +
    "practitioner practitioners specialist specialists led manager managers staff nurse nurses doctor doctors sister matron consultant " +
    "assistant therapist worker station call calls line on in at for with and or but the a an i he she they we you it this that these " +
    "those his her their my our your is are was were has have had did does do not no yes so very all everyone everybody every each " +
    "god again again! for who when while where what which how why if as by to from of would could should will can may might must " +
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october " +
    "november december christmas easter covid appointment appointments visit never always just also then there here only even still " +
    "told said came went gave made took saw got been being excellent good great lovely brilliant friendly helpful kind nice polite " +
    "amazing fantastic wonderful professional caring thank thanks please name called named mr mrs ms miss dr sir prof professor " +
    "reception emergency ambulance transport patient patients mother father husband wife son daughter mum dad none nothing n/a ok okay"
  ).split(" ")
)

const plain = (word: string): string => word.toLowerCase().replaceAll("’", "'")

const isName = (word: string): boolean => !notNames.has(plain(word)) && !isCommon(plain(word))

const before = String.raw`(?<![\p{L}\p{N}])`

/** What stands before a name, and what the first word of the name looks like after it. */
const openings: ReadonlyArray<RegExp> = [
  new RegExp(`${before}(?:${titles}|${titles.split("|").map(upperFirst).join("|")})\\.?\\s+(${any})`, "gu"),
  new RegExp(`${before}(?:${callings})\\s+(${capital}|${initial})`, "giu"),
  new RegExp(`${before}(?:${phrases})[ ,:]+(${capital}|${initial})`, "giu"),
  // The next of several: "Nurse Ann and Bea".
  new RegExp(`${nameFiller}(?:\\s*,\\s*|\\s*&\\s*|\\s+and\\s+)(${capital})`, "gu")
]

function upperFirst(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

const more = new RegExp(
  String.raw`^(?:\s+(?:${capital}|${initial}\.?|(?:van|de|der|von|al|bin|ibn)\s+${capital}))`,
  "u"
)

/** Where names stand by what is before them: a title, what somebody does, "my name is". A name alone is not found. */
export const namesIn = (text: string): ReadonlyArray<{ readonly start: number; readonly end: number }> => {
  const found: { start: number; end: number }[] = []
  for (const opening of openings) {
    for (const match of text.matchAll(opening)) {
      const first = match[1]!
      // The flag i lets a small letter pass for a capital one.
      if (opening.ignoreCase && !/^\p{Lu}/u.test(first)) continue
      if (!isName(first) || (opening.ignoreCase && /^\p{Lu}{2,}$/u.test(first))) continue
      const start = match.index + match[0].length - first.length
      let end = start + first.length
      for (let words = 1; words < 4; words += 1) {
        const next = more.exec(text.slice(end, end + 60))?.[0]
        if (
          next === undefined ||
          next
            .trim()
            .split(/\s+/)
            .some((word) => !isName(word))
        )
          break
        end += next.length
      }
      found.push({ start, end })
    }
  }
  return found
}
