//! Letters of no case: an evening, a morning, an order that was understood.

use jiff::Timestamp;

use super::desk::Desk;
use super::{evening, morning};
use crate::domain::effect::{Occasion, OccasionKind};
use crate::mail::letter::{self, Letter};
use crate::store;

/// The letter for an occasion that was decided at `at`; `None` where there is
/// nothing to tell any more.
pub(super) async fn letter(
    desk: &mut Desk<'_>,
    occasion: &Occasion,
    at: Timestamp,
) -> store::Result<Option<Letter>> {
    match occasion.kind {
        OccasionKind::Leaving => evening::leaving(desk, occasion, at).await,
        OccasionKind::Left => evening::left(desk, occasion, at).await,
        OccasionKind::Digest => morning::digest(desk, occasion, at).await,
        OccasionKind::Understood => Ok(Some(letter::understood(&occasion.subject))),
    }
}
