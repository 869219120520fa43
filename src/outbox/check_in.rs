//! Mails about a check-in: the question to a contact, and to whoever did the job before
//! it is asked.

use super::desk::{Desk, Unsealable, Written, writer};
use super::scene::clocks;
use super::stationery::Subject;
use crate::domain::case::Case;
use crate::domain::check_in::Stage;
use crate::domain::effect::Notice;
use crate::domain::ids::{CaseNumber, Party};
use crate::domain::job::Job;
use crate::mail::compose::Hand;
use crate::mail::letter::{self, Approval, Fine, Question};
use crate::mail::link::Choice;
use crate::store::{self, Audience, Sealed, Unsealed};

impl Desk<'_> {
    /// The question to a contact, in the name of whoever did the job.
    pub(super) async fn question(
        &mut self,
        told: &Unsealed,
        number: CaseNumber,
        notice: &Notice,
    ) -> Written {
        let Some((case, job)) = self.job_of(number, notice).await? else {
            return Ok(Err(Unsealable::NoCase));
        };
        let by = job.check_in.by.as_ref().and_then(|id| self.policy.roster.people.get(id));
        let Some(from) = by.and_then(|by| writer(by, &case)) else {
            return Ok(Err(Unsealable::NoWriter));
        };
        let once_more = notice.occurrence > 1;
        let question = self.asked(&case, &job).await?;
        let words = question.words.clone().filter(|_| !once_more);
        let mut question = Question { once_more, words, ..question };
        let about = about(number, &job);
        question.links = self.stationery.contacts_links(about, self.now);
        let shared = self.policy.roster.mailboxes.contains_key(&case.mailbox);
        let reply_to = shared.then(|| case.mailbox.clone());
        let to = Party { name: case.contact.name.clone(), address: notice.to.address.clone() };
        let mut headers = self.stationery.personal(&told.key, (from, to), reply_to, self.now);
        let last = self.tx.last_heard(number).await?;
        headers.thread = last.and_then(|m| m.message_id).map(|id| format!("<{}>", id.as_str()));
        headers.leave = Some(self.stationery.leave(about, self.now));
        if job.check_in.standing || once_more {
            headers.hand = Hand::Standing;
        }
        let words = match letter::question(&question, &self.stationery.templates) {
            Ok(words) => words,
            Err(error) => return Ok(Err(error.into())),
        };
        let composed = self.sealed(&words, headers);
        Ok(composed.map(|sealed| {
            Some(Sealed { case: Some(number), audience: Audience::Contact, ..sealed })
        }))
    }

    /// What a contact would be asked, to whoever did the job.
    pub(super) async fn approval(
        &mut self,
        told: &Unsealed,
        number: CaseNumber,
        notice: &Notice,
    ) -> Written {
        let Some((case, job)) = self.job_of(number, notice).await? else {
            return Ok(Err(Unsealable::NoCase));
        };
        let (zone, about) = (clocks(self.policy, &notice.to), about(number, &job));
        let until = job.check_in.wake_at().unwrap_or(self.now);
        let person = notice.to.person.as_ref();
        let choices = [
            (Choice::Send, "Send it, as it stands or in your words"),
            (Choice::Skip, "Do not ask"),
        ];
        let actions = choices.into_iter().filter_map(|(choice, said)| {
            let link = self.stationery.approval_link(about, person?, choice, self.now)?;
            Some((said.to_owned(), link))
        });
        let actions = actions.collect();
        let question = self.asked(&case, &job).await?;
        let pages = self.stationery.public_url.is_some();
        let approval = Approval {
            case: number,
            question: if pages { question.shown() } else { question },
            again: matches!(job.check_in.stage, Stage::Shown { reminded: true, .. }),
            until: until.to_zoned(zone.clone()),
            now: self.now.to_zoned(zone),
            actions,
        };
        let letter = match letter::approval(&approval, &self.stationery.templates) {
            Ok(letter) => letter,
            Err(error) => return Ok(Err(error.into())),
        };
        let headers = self.headers(&told.key, &notice.to, about);
        Ok(self.composed(&letter, headers).map(Some))
    }

    /// That all is well, to whoever did the job.
    pub(super) async fn good_news(
        &mut self,
        told: &Unsealed,
        number: CaseNumber,
        notice: &Notice,
    ) -> Written {
        let Some((case, job)) = self.job_of(number, notice).await? else {
            return Ok(Err(Unsealable::NoCase));
        };
        let zone = clocks(self.policy, &notice.to);
        let last = self.tx.last_heard(number).await?;
        let words = last.map(|said| (said.words, said.at.to_zoned(zone.clone())));
        let letter = letter::fine(&Fine {
            case: number,
            words,
            answers: self.tx.answers_about(number, job.seq).await?,
            title: job.title.clone(),
            contact: case.contact,
            now: self.now.to_zoned(zone),
        });
        let headers = self.headers(&told.key, &notice.to, about(number, &job));
        Ok(self.composed(&letter, headers).map(Some))
    }

    async fn asked(&mut self, case: &Case, job: &Job) -> store::Result<Question> {
        let question = Question::about(case, job, &self.policy.roster);
        Ok(match self.tx.last_heard(case.number).await? {
            Some(last) => question.going_on(case, last.language),
            None => question,
        })
    }

    async fn job_of(
        &mut self,
        number: CaseNumber,
        notice: &Notice,
    ) -> store::Result<Option<(Case, Job)>> {
        let case = match self.tx.case(number).await {
            Ok(Some(loaded)) => loaded.case,
            Ok(None) | Err(store::Error::Senseless { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let job = case.jobs.iter().find(|job| job.seq == notice.obligation).cloned();
        Ok(job.map(|job| (case, job)))
    }
}

fn about(number: CaseNumber, job: &Job) -> Subject {
    Subject { case: Some(number), obligation: job.seq }
}
