//! Text whose long lines were broken for the way (RFC 3676, `format=flowed`).
//!
//! A line that ends in a space goes on in the next one of the same quotation
//! depth; a space that was put in front is taken away again. It knows nothing of
//! what the lines say.

/// Joins what was broken. With `DelSp=yes` the space at the break was added too.
pub(super) fn joined(text: &str, delete_space: bool) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.split('\n') {
        let line = line.trim_end_matches('\r');
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let words = line.get(depth..).unwrap_or_default();
        let words = words.strip_prefix(' ').unwrap_or(words);
        // The mark of a signature ends in a space and yet stands alone.
        let mark = words == "-- ";
        if open != Some(depth) || mark {
            end_line(&mut whole, open);
            whole.extend(std::iter::repeat_n('>', depth));
            whole.push_str(if depth > 0 { " " } else { "" });
        }
        let flows = words.ends_with(' ') && !mark;
        let kept = words.strip_suffix(' ').filter(|_| flows && delete_space).unwrap_or(words);
        whole.push_str(kept);
        if flows {
            open = Some(depth);
        } else {
            whole.push('\n');
            open = None;
        }
    }
    // What was split off behind the last line feed was no line.
    whole.truncate(whole.len() - usize::from(whole.ends_with('\n')));
    whole
}

/// A flowed line that is not gone on with ends all the same.
fn end_line(whole: &mut String, open: Option<usize>) {
    if open.is_some() {
        whole.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_flow_are_joined_and_others_are_not() {
        let cases = [
            (false, "The tap \nleaks.\nCome.", "The tap leaks.\nCome."),
            (true, "The t \nap leaks.", "The tap leaks."),
            (false, "> Is it \n> well?\nYes.", "> Is it well?\nYes."),
            (false, "> Is it \n>> well?", "> Is it \n>> well?"),
            (false, ">> a \n>> b", ">> a b"),
            (false, " From here \n on", "From here on"),
            (false, " > no quotation", "> no quotation"),
            (false, "Bye \n-- \nJane", "Bye \n-- \nJane"),
            (false, "ends \n", "ends "),
            (false, "", ""),
        ];
        for (delete_space, text, expected) in cases {
            assert_eq!(joined(text, delete_space), expected, "{text:?}");
        }
    }
}
