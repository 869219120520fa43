//! Letters that no step of a case asks for: an evening, a morning, an order that was
//! understood, a note that may not have arrived, something that is wrong.

use jiff::Timestamp;

use super::desk::Desk;
use super::scene::clocks;
use super::stationery::Subject;
use super::{evening, morning};
use crate::domain::check_in::Stage;
use crate::domain::effect::{Occasion, OccasionKind};
use crate::domain::ids::CaseNumber;
use crate::domain::job::Job;
use crate::mail::letter::{self, Letter, Unsure};
use crate::mail::link::Verb;
use crate::store;

/// A letter, and the cases that it tells of.
pub(super) type Told = (Letter, Vec<CaseNumber>);

/// The letter for an occasion that was decided at `at`; `None` where there is
/// nothing to tell any more.
pub(super) async fn letter(
    desk: &mut Desk<'_>,
    occasion: &Occasion,
    at: Timestamp,
) -> store::Result<Option<Told>> {
    match occasion.kind {
        OccasionKind::Leaving => evening::leaving(desk, occasion, at).await,
        OccasionKind::Left => evening::left(desk, occasion, at).await,
        OccasionKind::Digest => morning::digest(desk, occasion, at).await,
        OccasionKind::Understood => {
            let (cases, words) = occasion.understood();
            Ok(Some((letter::understood(words), cases)))
        }
        OccasionKind::Unsure if occasion.job().is_some() => {
            unsure_of_question(desk, occasion).await
        }
        OccasionKind::Unsure => unsure(desk, occasion).await,
        OccasionKind::Trouble => Ok(Some((letter::trouble(&occasion.subject), Vec::new()))),
    }
}

/// To whoever's name a question after a job carries; `None` where it was answered.
async fn unsure_of_question(
    desk: &mut Desk<'_>,
    occasion: &Occasion,
) -> store::Result<Option<Told>> {
    let Some((number, seq)) = occasion.job() else { return Ok(None) };
    let case = desk.tx.case(number).await?.map(|loaded| loaded.case);
    let asked = |job: &&Job| job.seq == seq && matches!(job.check_in.stage, Stage::Asked { .. });
    let Some(case) = case else { return Ok(None) };
    let Some(job) = case.jobs.iter().find(asked) else { return Ok(None) };
    let letter = letter::unsure_of_question(number, &case.contact, &job.title);
    Ok(Some((letter, vec![number])))
}

/// To whoever's name a note carries; `None` where what it promises is not open any
/// more.
async fn unsure(desk: &mut Desk<'_>, occasion: &Occasion) -> store::Result<Option<Told>> {
    let Some((number, seq)) = occasion.promise() else { return Ok(None) };
    let case = desk.tx.case(number).await?.map(|loaded| loaded.case);
    let Some(case) = case else { return Ok(None) };
    let Some(promise) = case.open().find(|o| o.seq == seq) else { return Ok(None) };
    let zone = clocks(desk.policy, &occasion.to);
    let about = Subject { case: Some(number), obligation: seq };
    let person = occasion.to.person.as_ref();
    let tell = person.and_then(|id| desk.stationery.link(about, id, Verb::TellWhen, desk.now));
    let letter = letter::unsure(&Unsure {
        case: number,
        contact: case.contact.clone(),
        subject: case.subject.clone(),
        due: promise.due.to_zoned(zone.clone()),
        now: desk.now.to_zoned(zone),
        tell,
    });
    Ok(Some((letter, vec![number])))
}
