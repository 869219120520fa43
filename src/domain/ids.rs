//! Names for things: case numbers, people, addresses, Message-IDs.
//!
//! Each is a newtype that can only hold a well-formed value, so that nothing
//! further in has to ask again.

use std::fmt;
use std::str::FromStr;

/// What the last resort's bare address goes by among the numbers of people. None that is
/// configured begins with a space.
const LAST_RESORT: &str = " last resort";

/// The organisation's own number for a person, as written in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(String);

impl PersonId {
    /// Takes the number as it is written.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The last resort's, where its address is nobody's.
    pub fn last_resort() -> Self {
        Self::new(LAST_RESORT)
    }

    /// Whether it is no person's, but the last resort's.
    pub fn is_last_resort(&self) -> bool {
        self.0 == LAST_RESORT
    }

    /// The number as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands behind the `@` for a contact whom no mail reaches. Nobody can have such a
/// domain: RFC 2606, 2.
const BY_NUMBER: &str = "phone.invalid";
const BY_NAME: &str = "name.invalid";

/// How many digits a telephone number has: from those inside a house to E.164's.
const NUMBER: std::ops::RangeInclusive<usize> = 3..=15;

/// A mail address, in lower case: two spellings of one address are one address.
///
/// A contact who only phones has none; the number, or else the name, then stands in for
/// it, so that they are the same contact the next time ([`Party::called_so`]).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

impl Address {
    /// The address in `text`, if it is one: something, `@`, a domain, and no
    /// white space, angle bracket or control character.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@')?;
        let clean = |c: char| !c.is_whitespace() && !c.is_control() && !"<>,;".contains(c);
        let whole = !local.is_empty() && !domain.is_empty() && text.chars().all(clean);
        whole.then(|| Self(text.to_lowercase()))
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether a mail may reach it: not what stands in for a number or a name.
    pub fn is_reachable(&self) -> bool {
        ![BY_NUMBER, BY_NAME].contains(&self.domain())
    }

    /// What stands in for the address of whoever has this telephone number.
    fn of_number(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("tel:").unwrap_or(text);
        let plain: String = text.chars().filter(|c| !" -./()\u{a0}".contains(*c)).collect();
        let digits = plain.strip_prefix('+').or_else(|| plain.strip_prefix("00"));
        let (sign, digits) = digits.map_or(("", plain.as_str()), |digits| ("+", digits));
        let whole = NUMBER.contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit());
        whole.then(|| Self(format!("{sign}{digits}@{BY_NUMBER}")))
    }

    /// What stands in for the address of somebody of whom only the name is known.
    fn of_name(name: &str) -> Option<Self> {
        let lower = name.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let words: Vec<String> = words.map(ascii).collect();
        (!words.is_empty()).then(|| Self(format!("{}@{BY_NAME}", words.join("."))))
    }
}

/// What no header can carry as it is, by its number; nobody reads it.
fn ascii(word: &str) -> String {
    let spelled = |c: char| if c.is_ascii() { c.to_string() } else { format!("u{:x}", c as u32) };
    word.chars().map(spelled).collect()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name with its address, as it stands in a From or To line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The name that was written, or an empty string.
    pub name: String,
    /// The address.
    pub address: Address,
}

impl Party {
    /// The name where there is one, else the address or the number. A name that looks
    /// like an address is nobody's: it may pretend to be somebody else's.
    pub fn called(&self) -> &str {
        let nameless = self.name.is_empty() || self.name.contains('@');
        if nameless { self.reached_at() } else { &self.name }
    }

    /// How they are reached: the address, the number, or else the name.
    pub fn reached_at(&self) -> &str {
        match self.address.domain() {
            BY_NUMBER => self.address.local_part(),
            BY_NAME => &self.name,
            _ => self.address.as_str(),
        }
    }

    /// Whoever is meant by `text`: an address, a telephone number, either behind a name
    /// in angle brackets, or a name and nothing else.
    pub fn called_so(text: &str) -> Option<Self> {
        let text = text.trim();
        let (name, handle) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, handle)) => (name.trim().trim_matches('"'), handle),
            None => ("", text),
        };
        let name = name.to_owned();
        match Address::parse(handle).or_else(|| Address::of_number(handle)) {
            Some(address) => Some(Self { name, address }),
            None if text.contains(['@', '<', '>']) => None,
            None => Some(Self { name: text.to_owned(), address: Address::of_name(text)? }),
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, .. } = self;
        match self.reached_at() {
            handle if name.is_empty() || name == handle => f.write_str(handle),
            handle => write!(f, "{name} <{handle}>"),
        }
    }
}

/// A Message-ID without its angle brackets, as written: case counts in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(String);

impl MessageId {
    /// The ID in `text`, with or without angle brackets, if there is one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('<').trim_end_matches('>').trim();
        let clean = |c: char| !c.is_whitespace() && !c.is_control() && c != '<' && c != '>';
        (!text.is_empty() && text.chars().all(clean)).then(|| Self(text.to_owned()))
    }

    /// The ID without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A case number: short, speakable, with a check character: `OW-7K3F-2`.
///
/// The symbols are Crockford's base 32 (no I, L, O, U). The numbers of one
/// width are a permutation, so that a number says nothing of how many cases
/// there are, and a wrong symbol or a swapped pair is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber(i64);

const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Odd, so that multiplying by it is a permutation of every power of two.
const SCRAMBLE: u64 = 0x9E37_79B9_7F4A_7C15;
const SHORTEST: u32 = 4;

impl CaseNumber {
    /// The number of the case that the store keeps under `row`, counted from 1.
    pub fn from_row(row: i64) -> Self {
        Self(row.max(0))
    }

    /// Where the store keeps the case.
    pub fn row(self) -> i64 {
        self.0
    }

    /// Whether `text` is this number, as people write it, with or without its check
    /// character.
    pub fn is_called(self, text: &str) -> bool {
        let mut symbols = self.symbols();
        let check = check_symbol(&symbols);
        let Some(written) = written(text) else { return false };
        if written == symbols {
            return true;
        }
        symbols.push(check);
        written == symbols
    }

    fn symbols(self) -> Vec<u8> {
        let row = self.0.unsigned_abs();
        let mut width = SHORTEST;
        while row >= 1 << (5 * width) && width < 12 {
            width += 1;
        }
        let scrambled = row.wrapping_mul(SCRAMBLE) & ((1 << (5 * width)) - 1);
        (0..width).rev().map(|i| ((scrambled >> (5 * i)) & 31) as u8).collect()
    }
}

/// Luhn's check over base 32: catches every wrong symbol and nearly every swap.
fn check_symbol(symbols: &[u8]) -> u8 {
    let sum: u32 = symbols
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &s)| {
            let doubled = if i % 2 == 0 { u32::from(s) * 2 } else { u32::from(s) };
            doubled / 32 + doubled % 32
        })
        .sum();
    ((32 - sum % 32) % 32) as u8
}

fn letter(symbol: u8) -> char {
    SYMBOLS.get(usize::from(symbol)).copied().map_or('?', char::from)
}

fn symbol(letter: char) -> Option<u8> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    SYMBOLS.iter().position(|&s| char::from(s) == letter).and_then(|i| u8::try_from(i).ok())
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbols = self.symbols();
        let body: String = symbols.iter().copied().map(letter).collect();
        write!(f, "OW-{body}-{}", letter(check_symbol(&symbols)))
    }
}

/// The symbols of a number as it stands in a subject, in brackets, or read out with
/// pauses.
fn written(text: &str) -> Option<Vec<u8>> {
    let upper = text.trim().trim_matches(['[', ']']).replace(' ', "-").to_ascii_uppercase();
    let plain = upper.strip_prefix("OW-").unwrap_or(&upper);
    plain.chars().filter(|c| *c != '-').map(symbol).collect()
}

/// Why a text is no case number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no case number: one looks like OW-7K3F-2; is a character mistyped?")]
pub struct NotACaseNumber(String);

impl FromStr for CaseNumber {
    type Err = NotACaseNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotACaseNumber(text.to_owned());
        let all = written(text).ok_or_else(wrong)?;
        let (check, symbols) = all.split_last().ok_or_else(wrong)?;
        let width = u32::try_from(symbols.len()).map_err(|_| wrong())?;
        if !(SHORTEST..=12).contains(&width) || *check != check_symbol(symbols) {
            return Err(wrong());
        }
        let scrambled = symbols.iter().fold(0_u64, |n, &s| (n << 5) | u64::from(s));
        let row = scrambled.wrapping_mul(inverse(SCRAMBLE)) & ((1 << (5 * width)) - 1);
        let number = Self(i64::try_from(row).map_err(|_| wrong())?);
        if number.symbols() == symbols { Ok(number) } else { Err(wrong()) }
    }
}

/// The inverse of an odd number modulo 2⁶⁴, by Newton's iteration: each round
/// doubles the correct low bits, and the first guess has three.
const fn inverse(odd: u64) -> u64 {
    let mut x = odd;
    let mut round = 0;
    while round < 5 {
        x = x.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(x)));
        round += 1;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_case_number_is_short_and_reads_back_however_it_is_spoken() {
        let shown = CaseNumber::from_row(1).to_string();
        assert_eq!(shown.len(), "OW-7K3F-2".len());
        let spoken = shown.to_lowercase().replace('0', "o").replace('1', "l");
        assert_eq!(spoken.parse(), Ok(CaseNumber::from_row(1)));
        let copied = [format!("[{shown}]"), shown.replace('-', " "), format!(" {shown}\n")];
        for text in copied {
            assert_eq!(text.parse(), Ok(CaseNumber::from_row(1)), "{text:?}");
            assert!(CaseNumber::from_row(1).is_called(&text), "{text:?}");
        }
        let (unchecked, _) = shown.rsplit_once('-').unwrap();
        assert!(CaseNumber::from_row(1).is_called(unchecked));
        assert!(!CaseNumber::from_row(2).is_called(unchecked));
    }

    #[test]
    fn a_wrong_symbol_is_noticed() {
        let shown = CaseNumber::from_row(77).to_string();
        for (i, original) in shown.char_indices().skip(3).filter(|(_, c)| *c != '-') {
            for replacement in SYMBOLS.iter().map(|&s| char::from(s)).filter(|c| *c != original) {
                let mut wrong: Vec<char> = shown.chars().collect();
                wrong[i] = replacement;
                let wrong: String = wrong.into_iter().collect();
                assert!(wrong.parse::<CaseNumber>().is_err(), "{wrong}");
            }
        }
    }

    #[test]
    fn addresses_are_compared_in_lower_case_and_refuse_what_could_break_a_header() {
        assert_eq!(Address::parse(" Ana@Brook.Example "), Address::parse("ana@brook.example"));
        for wrong in ["ana", "@brook.example", "ana@", "a na@b", "a@b\r\nBcc: x@y", "<a@b>"] {
            assert_eq!(Address::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn who_has_no_mail_address_is_the_same_contact_the_next_time() {
        for (text, address, shown) in [
            ("Rui <+351 912-345 678>", "+351912345678@phone.invalid", "Rui <+351912345678>"),
            ("00351912345678", "+351912345678@phone.invalid", "+351912345678"),
            ("tel:(0)912.345.678", "0912345678@phone.invalid", "0912345678"),
            ("José, the baker", "josue9.the.baker@name.invalid", "José, the baker"),
            ("Rui <Rui@Shop.example>", "rui@shop.example", "Rui <rui@shop.example>"),
            ("rui@shop.example", "rui@shop.example", "rui@shop.example"),
        ] {
            let party = Party::called_so(text).unwrap();
            assert_eq!((party.address.as_str(), party.to_string().as_str()), (address, shown));
            assert_eq!(party.address.is_reachable(), text.contains('@'), "{text}");
        }
        for wrong in ["", "  ", "<>", "a@", "Rui <12>", "?!"] {
            assert_eq!(Party::called_so(wrong), None, "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn every_row_has_its_own_number(row in 0_i64..(1 << 50)) {
            let number = CaseNumber::from_row(row);
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }
    }
}
