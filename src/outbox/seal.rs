//! Notices become mails: what is moot is dropped, the rest is gathered for each
//! reader and gets its bytes.
//!
//! All that waits for one reader and may be told becomes one mail. Above a number
//! of mails an hour even those are held and gathered, for a quarter of an hour at
//! a time; what somebody said just now never waits for that. The bytes are made
//! once, from what is true at this moment, and kept; every attempt to send gives
//! the server the same.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::desk::{Desk, Item, Unsealable, Written};
use super::stationery::Stationery;
use crate::domain::effect::Purpose;
use crate::domain::ids::Address;
use crate::domain::policy::Policy;
use crate::store::{self, About, Tx, Unsealed};

/// How many readers one commit writes to: as many as are written to at once, so
/// that a mail leaves as soon as it is made.
const READERS: usize = 8;

/// How many notices one mail tells; what is more comes in the next.
const MOST: i64 = 1_000;

/// What counts as lately, and how long is gathered while there is a storm.
const LATELY: SignedDuration = SignedDuration::from_hours(1);
const GATHERED: SignedDuration = SignedDuration::from_mins(15);

/// How much a reader gets at this moment.
enum Weather {
    /// No more than usual.
    Calm,
    /// So much that it comes together, now.
    Storm,
    /// So much that it waits until then.
    Hold(Timestamp),
}

/// Seals some of what waits; whether there was anything. What cannot become a mail
/// does not stop the others: it is reported, and shown with its case.
pub async fn seal(
    tx: &mut Tx,
    policy: &Policy,
    stationery: &Stationery,
    now: Timestamp,
) -> store::Result<bool> {
    let mut desk = Desk { tx, policy, stationery, now };
    for written in 0..READERS {
        match write_next(&mut desk).await {
            Err(error @ store::Error::Senseless { table: "notice", key, .. }) => {
                tracing::error!("a notice is set aside: {error}");
                desk.tx.fail_notice(key, now).await?;
            }
            Ok(false) => return Ok(written > 0),
            done => {
                done?;
            }
        }
    }
    Ok(true)
}

/// Writes to whoever has waited longest; whether anybody had.
async fn write_next(desk: &mut Desk<'_>) -> store::Result<bool> {
    let Some(reader) = desk.tx.next_reader(desk.now).await? else { return Ok(false) };
    write_to(desk, &reader).await.map(|()| true)
}

/// Settles all that waits for a reader and may be told now.
async fn write_to(desk: &mut Desk<'_>, reader: &Address) -> store::Result<()> {
    let now = desk.now;
    let waiting = desk.tx.waiting_for(reader, MOST).await?;
    let (waiting, moot): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|n| n.matters);
    for notice in moot {
        desk.tx.drop_notice(&notice, now).await?;
    }
    let (company, alone): (Vec<_>, Vec<_>) = waiting.into_iter().partition(joins_others);
    // What fell due while owed was down waits for the mail that came meanwhile.
    let catching_up = |notice: &Unsealed| notice.outage.is_some() && notice.not_before > now;
    let company: Vec<_> = company.into_iter().filter(|notice| !catching_up(notice)).collect();
    for notice in alone.iter().filter(|notice| notice.not_before <= now) {
        let written = match &notice.about {
            About::Occasion(occasion) => desk.occasion(notice, occasion).await,
            About::Case(number, about) => match about.purpose {
                Purpose::Answer => desk.answer(notice, *number, about).await,
                Purpose::Receipt => desk.receipt(notice, *number, about).await,
                Purpose::CheckIn => desk.question(notice, *number, about).await,
                Purpose::Approve => desk.approval(notice, *number, about).await,
                Purpose::Transcript => desk.transcript(notice, *number, about).await,
                Purpose::Doubt => desk.alone(notice).await,
                Purpose::Fine => desk.good_news(notice, *number, about).await,
                _ => desk.note(notice, *number, about).await,
            },
        };
        settle(desk, &[notice], written).await?;
    }
    if company.iter().all(|notice| notice.not_before > now) {
        return Ok(());
    }
    gather(desk, reader, company).await
}

/// Tells what may share a mail. Where that is much, what somebody said just now comes at once
/// and by itself, and the rest together.
async fn gather(
    desk: &mut Desk<'_>,
    reader: &Address,
    mut company: Vec<Unsealed>,
) -> store::Result<()> {
    let (now, weather) = (desk.now, weather(desk, reader).await?);
    if let Weather::Hold(_) = weather {
        // The others were looked at when they came.
        company.retain(|notice| notice.not_before <= now);
    }
    let (items, unreadable) = desk.items(&company).await?;
    settle(desk, &unreadable, Ok(Err(Unsealable::NoCase))).await?;
    let calm = matches!(weather, Weather::Calm);
    let news = items.iter().filter(|item| !calm && item.is_news());
    let news: BTreeSet<_> = news.map(Item::matter).collect();
    let (news, rest): (Vec<_>, Vec<_>) =
        items.into_iter().partition(|item| news.contains(&item.matter()));
    tell_together(desk, news, false).await?;
    match weather {
        Weather::Hold(until) => desk.tx.hold(reader, until).await,
        Weather::Storm => tell_together(desk, rest, true).await,
        Weather::Calm => tell_together(desk, rest, false).await,
    }
}

async fn tell_together(
    desk: &mut Desk<'_>,
    items: Vec<Item<'_>>,
    storm: bool,
) -> store::Result<()> {
    let told: Vec<&Unsealed> = items.iter().map(|item| item.told).collect();
    let written = desk.matters(items, storm).await;
    settle(desk, &told, written).await
}

/// Whether a notice may share a mail: what is told to a contact never does, a colleague's
/// words, nor what they would be asked or what their answer means; an evening or an answer to
/// an order is a mail of its own.
fn joins_others(notice: &Unsealed) -> bool {
    let alone = [
        Purpose::TellWhen,
        Purpose::Answer,
        Purpose::Receipt,
        Purpose::CheckIn,
        Purpose::Approve,
        Purpose::Transcript,
        Purpose::Doubt,
        Purpose::Fine,
    ];
    matches!(&notice.about, About::Case(_, about) if !alone.contains(&about.purpose))
}

async fn weather(desk: &mut Desk<'_>, reader: &Address) -> store::Result<Weather> {
    let now = desk.now;
    let since = now.saturating_sub(LATELY).unwrap_or(now);
    let Some(lately) = desk.tx.received_since(reader, since).await? else {
        return Ok(Weather::Calm);
    };
    if lately.mails < desk.policy.pace.storm {
        return Ok(Weather::Calm);
    }
    // A clock that was set back holds nothing for longer.
    let last = lately.last.min(now);
    let next = last.saturating_add(GATHERED).unwrap_or(now);
    Ok(if next > now { Weather::Hold(next) } else { Weather::Storm })
}

/// Notes what became of notices that were to be one mail. What cannot be read is that
/// mail's end, and no other's.
async fn settle(desk: &mut Desk<'_>, notices: &[&Unsealed], written: Written) -> store::Result<()> {
    let ids: Vec<i64> = notices.iter().map(|notice| notice.id).collect();
    let written = match written {
        Err(error @ store::Error::Senseless { .. }) => Err(Unsealable::Senseless(error)),
        written => written?,
    };
    match written {
        Ok(Some(sealed)) => desk.tx.seal(&ids, &sealed, desk.now).await,
        Ok(None) => {
            for notice in notices {
                desk.tx.drop_notice(notice, desk.now).await?;
            }
            Ok(())
        }
        Err(why) => {
            for notice in notices {
                let to = &notice.about.to().address;
                tracing::error!("a mail to {to} could not be written ({}): {why}", notice.key);
                desk.tx.fail_notice(notice.id, desk.now).await?;
            }
            Ok(())
        }
    }
}
