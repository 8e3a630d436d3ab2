/**
 * Whether ten digits end in the check digit of NHS and CHI numbers: 11 less the sum of the first nine times 10, 9 … 2,
 * modulo 11; 11 is written 0, and a number that would need 10 is never given out.
 */
export const hasCheckDigit = (digits: string): boolean => {
  if (!/^\d{10}$/.test(digits)) return false
  const sum = Array.from(digits.slice(0, 9), Number).reduce((all, digit, at) => all + digit * (10 - at), 0)
  return (11 - (sum % 11)) % 11 === Number(digits[9])
}

/** Whether a CHI number can begin so: with a day of birth as DDMMYY, since 2000 or before. */
export const beginsWithBirth = (digits: string): boolean => {
  const [day, month] = [Number(digits.slice(0, 2)), Number(digits.slice(2, 4))]
  return day >= 1 && month >= 1 && month <= 12 && day <= new Date(Date.UTC(2000, month, 0)).getUTCDate()
}
