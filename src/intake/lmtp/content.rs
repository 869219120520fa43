//! What stands between DATA and the final dot (RFC 5321, 4.5.2).
//!
//! Only CRLF, dot, CRLF ends a message. A mail server before us that sees an end
//! where we see content, or the other way round, would let a sender smuggle a
//! second message into the first; so bare CR and bare LF are content and never
//! part of a line's end. smtp-proto's own receiver is not used here: it takes
//! `CRLF . CR CR LF` for an end, and never sees that of an empty message.

/// A message that is being received. Of a long one only the front is kept: it
/// is enough for a verdict, and refusing a copy would send its writer a bounce
/// for a mail that reached its mailbox.
#[derive(Debug)]
pub struct Content {
    place: Place,
    bytes: Vec<u8>,
    max: usize,
    cut: bool,
}

/// Where in a line the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// After CRLF, or right at the beginning.
    LineStart,
    /// After a dot at a line's start.
    Dot,
    /// After that dot and a CR.
    DotCr,
    /// After a CR.
    Cr,
    /// Anywhere else.
    Within,
}

impl Content {
    /// Nothing yet; at most `max` bytes will be kept.
    pub fn new(max: usize) -> Self {
        Self { place: Place::LineStart, bytes: Vec::new(), max, cut: false }
    }

    /// Takes what belongs to the message from the front of `input`. Answers how
    /// many bytes that were, and whether the end was among them.
    pub fn take(&mut self, input: &[u8]) -> (usize, bool) {
        let mut rest = input;
        while let Some((&byte, tail)) = rest.split_first() {
            if self.place == Place::Within {
                let plain = rest.iter().position(|b| *b == b'\r').unwrap_or(rest.len());
                let (run, after) = rest.split_at(plain);
                self.keep(run);
                rest = after;
                if let Some((_, after)) = rest.split_first() {
                    self.keep(b"\r");
                    self.place = Place::Cr;
                    rest = after;
                }
                continue;
            }
            rest = tail;
            if self.step(byte) {
                return (input.len() - rest.len(), true);
            }
        }
        (input.len(), false)
    }

    /// The message, with the dots of transparency taken off, and whether it was
    /// longer than what is kept of it.
    pub fn finish(self) -> (Vec<u8>, bool) {
        (self.bytes, self.cut)
    }

    /// One byte outside the plain run of a line; whether it is the end.
    fn step(&mut self, byte: u8) -> bool {
        match (self.place, byte) {
            (Place::DotCr, b'\n') => return true,
            (Place::LineStart, b'.') => {
                self.place = Place::Dot;
                return false;
            }
            (Place::Dot, b'\r') => {
                self.place = Place::DotCr;
                return false;
            }
            // The CR after the dot was held back: it is content after all.
            (Place::DotCr, _) => self.keep(b"\r"),
            (Place::LineStart | Place::Dot | Place::Cr | Place::Within, _) => {}
        }
        let after_cr = matches!(self.place, Place::Cr | Place::DotCr);
        self.keep(&[byte]);
        self.place = match byte {
            b'\r' => Place::Cr,
            b'\n' if after_cr => Place::LineStart,
            _ => Place::Within,
        };
        false
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = self.max.saturating_sub(self.bytes.len());
        self.cut |= bytes.len() > room;
        self.bytes.extend(bytes.iter().take(room));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn received(wire: &[u8]) -> Option<(Vec<u8>, usize)> {
        let mut content = Content::new(usize::MAX);
        let (used, ended) = content.take(wire);
        ended.then(|| (content.finish().0, used))
    }

    /// The rule of RFC 5321 said the slow way: split at every CRLF, the line
    /// that is one dot ends, one leading dot goes from every other line.
    fn oracle(wire: &[u8]) -> Option<(Vec<u8>, usize)> {
        let mut content = Vec::new();
        let mut start = 0;
        while let Some(end) = (start..wire.len()).find(|i| wire[*i..].starts_with(b"\r\n")) {
            let line = &wire[start..end];
            if line == b"." {
                return Some((content, end + 2));
            }
            content.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
            content.extend_from_slice(b"\r\n");
            start = end + 2;
        }
        None
    }

    #[test]
    fn only_crlf_dot_crlf_ends_a_message() {
        for smuggled in [
            "\n.\n",
            "\n.\r\n",
            "\r\n.\n",
            "\r.\r",
            "\r.\r\n",
            "\r\n.\r",
            "\r\n.\r\r\n",
            "\n\r.\n\r",
            "\r\n\0.\r\n",
            "\r\n.\0\r\n",
            "\r\r\n..\r\n",
            "\n.\r\r\n",
            "\r\n. \r\n",
        ] {
            let wire = format!("a{smuggled}b");
            assert_eq!(received(wire.as_bytes()), None, "{smuggled:?}");
        }
    }

    #[test]
    fn an_empty_message_ends() {
        assert_eq!(received(b".\r\nQUIT\r\n"), Some((Vec::new(), 3)));
    }

    #[test]
    fn one_leading_dot_goes_and_every_other_byte_stays() {
        let wire = b"..\r\n.a\r\nb\0.\n.c\rd\r\r\n.\r\n";
        assert_eq!(received(wire).expect("it ends").0, b".\r\na\r\nb\0.\n.c\rd\r\r\n");
    }

    #[test]
    fn of_a_message_over_the_limit_the_front_is_kept() {
        let cases =
            [(&b"abc\r\n.\r\n"[..], &b"abc\r\n"[..], false), (b"abcd\r\n.\r\n", b"abcd\r", true)];
        for (wire, kept, cut) in cases {
            let mut content = Content::new(5);
            assert_eq!(content.take(wire), (wire.len(), true));
            assert_eq!(content.finish(), (kept.to_vec(), cut));
        }
    }

    proptest! {
        #[test]
        fn every_stream_reads_as_the_rule_says(
            bytes in proptest::collection::vec(prop_oneof![
                Just(b'\r'), Just(b'\n'), Just(b'.'), Just(b'a'), Just(0)], 0..60),
            cut in 0usize..60,
        ) {
            let mut content = Content::new(usize::MAX);
            let cut = cut.min(bytes.len());
            let (first, second) = bytes.split_at(cut);
            let (mut used, mut ended) = content.take(first);
            if !ended {
                let (more, end) = content.take(second);
                used += more;
                ended = end;
            }
            let got = ended.then(|| (content.finish().0, used));
            prop_assert_eq!(got, oracle(&bytes));
        }
    }
}
