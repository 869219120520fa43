//! Letters of no case: an evening, a morning, an order that was understood.

use jiff::Timestamp;

use super::{evening, morning};
use crate::domain::effect::{Occasion, OccasionKind};
use crate::domain::policy::Policy;
use crate::mail::letter::{self, Letter};
use crate::store::{self, Tx};

/// The letter for an occasion that was decided at the first of these moments and is
/// told at the second; `None` where there is nothing to tell any more.
pub(super) async fn letter(
    tx: &mut Tx,
    policy: &Policy,
    occasion: &Occasion,
    moments: (Timestamp, Timestamp),
) -> store::Result<Option<Letter>> {
    match occasion.kind {
        OccasionKind::Leaving => evening::leaving(tx, policy, occasion, moments).await,
        OccasionKind::Left => evening::left(tx, policy, occasion, moments).await,
        OccasionKind::Digest => morning::digest(tx, policy, occasion, moments).await,
        OccasionKind::Understood => Ok(Some(letter::understood(&occasion.subject))),
    }
}
