//! A copy for safe keeping: made while owed runs, whole, private, and good for a new start.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::house::{House, question, until};

const RULE: &str = "\n[[rule]]\nname = \"everyone\"\nreply_within = \"4h elapsed\"\n\
    escalation = \"late\"\n\n[escalation.late]\n\
    steps = [{ after = \"0m\", tell = \"supervisor\", any_time = true }]\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_was_made_while_owed_ran_brings_back_what_it_knew_then() {
    let house = House::new(RULE);
    let running = house.start().await;
    let deliver = async |name: &str| {
        let mail = question(&format!("{name}@customer.example"), name);
        house.lmtp().await.deliver("help@brook.example", &mail).await.unwrap();
    };
    deliver("first").await;
    until(|| house.waiting().len() == 1, || running.log()).await;
    let copy = house.path("copy.db");
    fs::write(&copy, "yesterday's").unwrap();
    let made = house.ask(&["backup", copy.to_str().unwrap()]);
    assert!(made.status.success(), "{made:?}");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    deliver("second").await;
    until(|| house.waiting().len() == 2, || running.log()).await;
    assert_eq!(running.stop().await, Some(0));

    fs::rename(&copy, house.path("owed.db")).unwrap();
    let running = house.start().await;
    assert_eq!(house.waiting(), ["first@customer.example"]);
    assert_eq!(running.stop().await, Some(0));
}

#[tokio::test]
async fn what_cannot_be_copied_is_said_and_harms_neither_the_database_nor_the_last_copy() {
    let house = House::new(RULE);
    let (database, copy) = (house.path("owed.db"), house.path("copy.db"));
    fs::write(&copy, "yesterday's").unwrap();
    let refused = |to: &std::path::Path, why: &str| {
        let made = house.ask(&["backup", to.to_str().unwrap()]);
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        assert!(made.status.code() == Some(1) && said.contains(why), "{made:?}");
    };
    refused(&copy, "unable to open database file");
    house.store().await.close().await;
    refused(&database, "is the database itself");
    refused(&house.path("."), "is no file");
    refused(&house.path("nowhere/copy.db"), "no copy was made");
    fs::write(&database, "no database").unwrap();
    refused(&copy, "file is not a database");
    assert_eq!(fs::read_to_string(&copy).unwrap(), "yesterday's");
    assert!(!house.path("copy.db.new").exists());
}
