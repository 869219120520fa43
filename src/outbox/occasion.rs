//! Letters of no case: an evening, a morning, an order that was understood.

use jiff::Timestamp;

use crate::domain::effect::{Occasion, OccasionKind};
use crate::domain::policy::Policy;
use crate::mail::letter::{self, Letter};
use crate::store::{self, Tx};

/// The letter for an occasion; `None` where there is nothing to tell any more.
pub(super) async fn letter(
    _tx: &mut Tx,
    _policy: &Policy,
    occasion: &Occasion,
    _now: Timestamp,
) -> store::Result<Option<Letter>> {
    Ok(match occasion.kind {
        OccasionKind::Understood => Some(letter::understood(&occasion.subject)),
        OccasionKind::Leaving | OccasionKind::Left | OccasionKind::Digest => None,
    })
}
