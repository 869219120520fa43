//! Which case a message belongs to: looks where [`Ties`] says, and asks it of
//! each case that is found.

use crate::domain::case::{Case, Phase};
use crate::domain::ids::CaseNumber;
use crate::mail::thread::{Earlier, Search, Ties};
use crate::store::{self, Loaded, Tx};

/// Finds the case that a message with these ties continues.
pub(super) async fn case_of(tx: &mut Tx, ties: &Ties) -> Result<Option<Loaded>, store::Error> {
    for search in ties.searches() {
        for number in found(tx, ties, search).await? {
            let Some(loaded) = followed(tx, number).await? else { continue };
            let number = loaded.case.number;
            let (everybody, linked) = match search {
                Search::Subject(_) => (tx.people_of(number).await?, tx.is_linked(number).await?),
                _ => (Vec::new(), false),
            };
            let Case { subject, side, last_at, .. } = &loaded.case;
            let (everybody, last_at) = (&everybody, *last_at);
            let earlier = Earlier { subject, side, everybody, linked, last_at };
            if ties.continues(search, earlier) {
                return Ok(Some(loaded));
            }
        }
    }
    Ok(None)
}

/// The case with this number, or the one in which it goes on.
pub(super) async fn followed(
    tx: &mut Tx,
    number: CaseNumber,
) -> Result<Option<Loaded>, store::Error> {
    let mut next = tx.case(number).await?;
    while let Some(Phase::GoesOn { into, .. }) = next.as_ref().map(|loaded| loaded.case.phase) {
        next = tx.case(into).await?;
    }
    Ok(next)
}

async fn found(
    tx: &mut Tx,
    ties: &Ties,
    search: Search<'_>,
) -> Result<Vec<CaseNumber>, store::Error> {
    let ids = match search {
        Search::Numbered(number) => return Ok(vec![number]),
        Search::Subject(text) => return tx.cases_by_subject(text, ties.since()).await,
        Search::Answering(id) => {
            return Ok(tx.case_that_answers(id).await?.into_iter().collect());
        }
        Search::Named(ids) => ids,
        Search::Conversation(id) => std::slice::from_ref(id),
    };
    Ok(tx.case_of_thread(ids).await?.into_iter().collect())
}
