//! Answers to owed's own mails, to the very address that stands in them: which of the
//! cases of a mail an order is about, and what is said to it.

use owed::domain::effect::What;
use owed::domain::ids::CaseNumber;
use owed::store::Mail;

use super::office::{Office, text};

/// The mail that tells Ana of what jo and kim asked, and their cases.
async fn bundle(office: &Office) -> (Mail, CaseNumber, CaseNumber) {
    let (jo, kim) = (office.asks("jo", "09:00").await, office.asks("kim", "09:00").await);
    office.mails("16:15").await;
    let mut mails = office.mails("16:20").await;
    assert_eq!(mails.len(), 1, "jo and kim come together");
    let mail = mails.remove(0);
    for case in [jo, kim] {
        assert!(text(&mail).contains(&case.to_string()), "{case} can be named");
    }
    (mail, jo, kim)
}

/// The text of a mail, however it is wrapped.
fn words_of(mail: &Mail) -> String {
    text(mail).replace('\n', " ")
}

async fn happened(office: &Office, case: CaseNumber, what: What) -> usize {
    office.journal(case).await.iter().filter(|(happened, _)| *happened == what).count()
}

#[tokio::test]
async fn an_answer_to_a_mail_about_several_says_which_it_is_about() {
    let office = Office::open().await;
    let (mail, jo, kim) = bundle(&office).await;
    let (unchecked, _) =
        kim.to_string().rsplit_once('-').map(|(a, b)| (a.to_lowercase(), b.to_owned())).unwrap();
    let words = format!(
        "[{jo}] dismiss spam\ntake {unchecked}\nanswered by phone {unchecked}\n\nThanks, Ana"
    );
    let said = words_of(&office.answers("16:21", &mail, &words).await);
    assert!(said.starts_with("2 of 3 orders are done."), "{said}");
    assert!(said.contains(&format!("“[{jo}] dismiss spam”: {jo} (jo) needs no answer")), "{said}");
    assert!(said.contains(&format!("{kim} is with them already")), "{said}");
    assert!(said.contains(&format!("{kim} (kim) is noted as answered: by phone.")), "{said}");
    assert_eq!(happened(&office, jo, What::Dismissed).await, 1);
    assert_eq!(happened(&office, kim, What::Answered).await, 1);
    let journal = office.journal(jo).await;
    let order = format!(
        "Ana Ruiz by mail, “[{jo}] dismiss spam”, done: {jo} (jo) needs no answer any more: spam."
    );
    assert!(journal.contains(&(What::Ordered, order)), "{journal:?}");
}

#[tokio::test]
async fn without_a_number_nothing_is_guessed_and_the_answer_says_what_to_type() {
    let office = Office::open().await;
    let (mail, jo, kim) = bundle(&office).await;
    let answer = office.answers("16:21", &mail, "Answered by phone.").await;
    let said = words_of(&answer);
    assert!(said.starts_with("Nothing was changed: that mail is about several cases."), "{said}");
    for (case, who) in [(jo, "jo"), (kim, "kim")] {
        let line = format!("“{case} Answered by phone.”: {who}, A tap of {who}");
        assert!(said.contains(&line), "{line}: {said}");
        assert_eq!(happened(&office, case, What::Answered).await, 0);
    }
    // What it says to type is typed in answer to it, and works.
    let said =
        words_of(&office.answers("16:22", &answer, &format!("{jo} Answered by phone.")).await);
    assert!(said.starts_with(&format!("{jo} (jo) is noted as answered")), "{said}");
    // One is left, and still it is not guessed.
    let said = words_of(&office.answers("16:23", &mail, "dismiss spam").await);
    assert!(said.contains(&format!("“{kim} dismiss spam”")) && !said.contains("jo"), "{said}");
    assert_eq!(happened(&office, kim, What::Dismissed).await, 0);
}

#[tokio::test]
async fn only_a_case_of_that_very_mail_can_be_named() {
    let office = Office::open().await;
    let (mail, jo, _) = bundle(&office).await;
    let lee = office.asks("lee", "16:21").await;
    let said = words_of(&office.answers("16:22", &mail, &format!("{lee} dismiss spam")).await);
    assert!(
        said.contains(&format!("{lee} is not in that mail; answer the mail that is about it")),
        "{said}"
    );
    assert_eq!(happened(&office, lee, What::Dismissed).await, 0);
    let single = office.mails("16:50").await.into_iter().find(|mail| mail.sealed.case == Some(lee));
    let single = single.expect("lee is alone now");
    let said = words_of(&office.answers("16:51", &single, &format!("{jo} dismiss spam")).await);
    assert!(said.contains(&format!("{jo} is not in that mail")), "{said}");
    assert_eq!(happened(&office, jo, What::Dismissed).await, 0);
}

#[tokio::test]
async fn an_evening_is_answered_as_any_mail() {
    let office = Office::with_evenings().await;
    let (jo, kim) = (office.asks("jo", "09:00").await, office.asks("kim", "09:00").await);
    office.mails("11:05").await;
    let mails = office.mails("16:45").await;
    let evening = mails.iter().find(|mail| text(mail).starts_with("2 people are waiting for you"));
    let words = format!("dismiss {jo}: wrong number\n\naway until 24 nov");
    let said = words_of(&office.answers("16:46", evening.expect("an evening"), &words).await);
    assert!(said.starts_with("2 of 2 orders are done."), "{said}");
    assert!(said.contains("You are noted as away from"), "{said}");
    assert_eq!(happened(&office, jo, What::Dismissed).await, 1);
    assert_eq!(happened(&office, kim, What::Dismissed).await, 0);
}
