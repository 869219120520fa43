//! The pages in a real browser that runs no script: a check-in is approved with one
//! click, and the contact says that it is not OK.

use std::path::PathBuf;

use owed::domain::case::Phase;
use owed::engine::accept::Proof;
use owed::web::router;
use owed::web::serve::Listener;
use tokio_util::sync::CancellationToken;

use crate::contact_pages::House;
use crate::peers::{BROWSER, Browser, required_or_left_out};

/// The house's pages on a port of this machine, and a browser that looks at them.
struct Visit {
    house: House,
    here: String,
    browser: Browser,
    stop: CancellationToken,
}

impl Visit {
    async fn to(house: House) -> Self {
        let listener = Listener::bind("127.0.0.1:0").await.unwrap();
        let here = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        tokio::spawn(listener.serve(router(house.front.clone()), stop.clone()));
        let browser = tokio::task::spawn_blocking(Browser::start).await.unwrap().unwrap();
        Self { house, here, browser, stop }
    }

    /// Opens a link out of a mail.
    fn open(&self, link: &str) -> String {
        self.browser.open(&format!("{}{link}", self.here)).unwrap();
        self.browser.text().unwrap()
    }

    fn press(&self, what: &str) -> String {
        self.browser.leave_by(what).unwrap();
        self.browser.text().unwrap()
    }

    /// Leaves pictures of the page where somebody wants to look at it.
    fn pictured(&self, name: &str) {
        let Some(folder) = std::env::var_os("OWED_PICTURES") else { return };
        for width in [360, 800, 1280] {
            for (dark, scheme) in [(false, "day"), (true, "night")] {
                let file = PathBuf::from(&folder).join(format!("{name}-{width}-{scheme}.png"));
                self.browser.picture(width, dark, &file).unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_sends_and_a_page_without_scripts_opens_the_case_again() {
    if !required_or_left_out("pages in a browser", &BROWSER) {
        return;
    }
    let house = House::with_a_job_done().await;
    house.until("2026-03-06T11:00:00Z").await;
    let visit = Visit::to(house).await;
    let house = &visit.house;

    let send = house.link("ana@brook", "/send");
    assert!(visit.open(&send).contains("Jo Client gets this in your name,"));
    visit.pictured("approve");
    visit.browser.press("summary").unwrap();
    visit.pictured("approve-own");
    visit.open(&send.replace("/send", "/skip"));
    visit.pictured("skip");
    visit.open(&send);
    assert!(visit.press("button.main").contains("Done"));
    visit.pictured("done");
    house.until("2026-03-06T11:30:00Z").await;

    let (yes, no) = (house.link("jo@customer", "/ok"), house.link("jo@customer", "/not-ok"));
    visit.open(&yes);
    visit.pictured("yes");
    visit.open(&house.link("jo@customer", "/stop"));
    visit.pictured("stop");
    assert!(visit.open(&no).contains("What is still wrong?"));
    visit.pictured("no");
    visit.browser.fill("textarea", "It still leaks.").unwrap();
    let said = visit.press("button.main");
    assert!(said.contains("Ana Ruiz has “Repaired the kitchen tap” on the desk again"), "{said}");
    visit.pictured("no-heard");
    assert_eq!(house.case().await.phase, Phase::Open);
    visit.open(&no);
    visit.pictured("no-again");
    visit.stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_content_may_answer_three_questions_without_scripts() {
    if !required_or_left_out("questions in a browser", &BROWSER) {
        return;
    }
    let visit = Visit::to(House::with_jo_asked().await).await;
    let yes = visit.house.link("jo@customer", "/ok");
    visit.open(&yes);
    assert!(visit.press("button.main").contains("If you have a minute more"));
    visit.pictured("survey");
    visit.browser.press("input[value='4']").unwrap();
    visit.browser.fill("textarea", "Nothing, thank you.").unwrap();
    assert!(visit.press("button.main").contains("Thank you"));
    visit.pictured("thanks");
    visit.open(&yes);
    visit.pictured("yes-again");
    visit.open(&yes.replace("/ok", "x/ok"));
    visit.pictured("broken");
    visit.stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_contact_means_is_said_on_a_page_without_scripts() {
    if !required_or_left_out("reading an answer in a browser", &BROWSER) {
        return;
    }
    let mut house = House::with_jo_asked().await;
    house.takes("2026-03-06T12:00:00Z", Proof::None, crate::in_doubt::WORDS).await;
    let visit = Visit::to(house).await;
    let not_ok = visit.house.link("ana@brook", "/means-not-ok");
    visit.open(&not_ok.replace("/means-not-ok", "/means-ok"));
    visit.pictured("means-ok");
    assert!(visit.open(&not_ok).contains("It was dry this morning."));
    assert!(visit.press("button.main").contains("it is urgent now"));
    assert_eq!(visit.house.case().await.jobs[0].check_in.name(), "not-ok");
    assert!(visit.open(&not_ok).contains("it is known what it means"));
    visit.pictured("means-again");
    visit.stop.cancel();
}

/// A visit in the evening of a day on which Jo asked something, and the link by which Ana
/// says that she answered.
async fn asked() -> (Visit, String) {
    let mut house = House::open().await;
    house.takes("2026-03-04T10:00:00Z", Proof::None, crate::contact_pages::QUESTION).await;
    house.until("2026-03-04T17:45:00Z").await;
    let visit = Visit::to(house).await;
    let act = visit.house.link("ana@brook", "/answered");
    (visit, act)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_concern_is_said_on_a_page_without_scripts() {
    if !required_or_left_out("a concern in a browser", &BROWSER) {
        return;
    }
    let (visit, act) = asked().await;
    visit.open(&act);
    assert!(visit.press("a[href='concern']").contains("Marta Brook reads it"));
    visit.pictured("concern");
    visit.browser.fill("textarea", "Jo was promised this twice.").unwrap();
    assert!(visit.press("button.main").contains("Marta Brook hears of it, and owes you an answer"));
    visit.pictured("concern-said");
    visit.stop.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_case_can_be_looked_at() {
    if !required_or_left_out("pages of a case in a browser", &BROWSER) {
        return;
    }
    let (visit, act) = asked().await;
    for verb in ["answered", "dismiss", "hand-over", "tell-when", "claim"] {
        let page = visit.open(&act.replace("/answered", &format!("/{verb}")));
        assert!(page.contains("Kitchen tap drips"), "{verb}: {page}");
        visit.pictured(verb);
    }
    assert!(visit.open(&visit.house.page()).contains("What was said"));
    visit.pictured("case");
    visit.stop.cancel();
}
