//! Which messages a rule is for, and how it says so.

use super::super::fixture::address;
use super::*;

/// Complains, in German, by phone; from Ann to two of us.
fn check(when: &When, expected: Option<&str>) {
    let (from, to) = (address("ann@customer.example"), [address("help@brook.example")]);
    let message = Traits {
        internal: false,
        from: &from,
        to: &to,
        subject: "Der Hahn",
        text: "Das ist\n  unerhört!",
        channel: Channel::Phone,
        language: Some("de"),
        complaint: true,
    };
    let found = when.matches(message).then(|| when.because(message));
    assert_eq!(found.as_deref(), expected, "{when:?}");
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

fn group(name: &str, addresses: &[&str], domains: &[&str]) -> Group {
    Group {
        name: name.to_owned(),
        addresses: addresses.iter().map(|text| address(text)).collect(),
        domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
    }
}

#[test]
fn every_condition_holds_or_not_and_says_why() {
    let d = When::default;
    check(&d(), Some("it takes all that is left"));
    check(&When { internal: Some(false), ..d() }, Some("it takes all that is left"));
    check(&When { internal: Some(true), ..d() }, None);
    let help = || vec![address("sales@brook.example"), address("help@brook.example")];
    check(&When { to: help(), ..d() }, Some("it is to help@brook.example"));
    check(&When { from: help(), ..d() }, None);
    check(
        &When { from_domain: vec!["customer.example".into()], ..d() },
        Some("it is from customer.example"),
    );
    check(&When { from_domain: vec!["other.example".into()], ..d() }, None);
    check(&When { subject: Some(pattern("(?i)hahn")), ..d() }, Some("its subject has “Hahn”"));
    check(&When { text: Some(pattern(r"ist\s+un")), ..d() }, Some("it says “ist un”"));
    check(&When { text: Some(pattern("Hahn")), ..d() }, None);
    check(&When { channel: vec![Channel::Chat, Channel::Phone], ..d() }, Some("it came by phone"));
    check(&When { channel: vec![Channel::Email], ..d() }, None);
    check(&When { language: vec!["pt".into(), "de".into()], ..d() }, Some("its language is “de”"));
    check(&When { language: vec!["pt".into()], ..d() }, None);
    check(&When { complaint: Some(true), ..d() }, Some("it complains"));
    check(&When { complaint: Some(false), ..d() }, None);
}

#[test]
fn a_group_has_addresses_and_whole_domains() {
    let d = When::default;
    let vip = group("vip", &["ann@customer.example"], &[]);
    let big = group("big", &[], &["customer.example"]);
    let other = group("other", &["bob@customer.example"], &["sub.customer.example"]);
    check(&When { group: vec![vip], ..d() }, Some("its writer is of the group “vip”"));
    check(
        &When { group: vec![other.clone(), big], ..d() },
        Some("its writer is of the group “big”"),
    );
    check(&When { group: vec![other], ..d() }, None);
}

#[test]
fn all_that_is_asked_must_hold_and_all_of_it_is_said() {
    let to = vec![address("help@brook.example")];
    let both = When { to, complaint: Some(true), ..When::default() };
    check(&both, Some("it is to help@brook.example and it complains"));
    check(&When { channel: vec![Channel::Form], ..both }, None);
}

#[test]
fn a_long_find_is_cut() {
    assert_eq!(cut("a b\n c"), "a b c");
    assert_eq!(cut(&"x".repeat(41)).chars().count(), 40);
    assert!(cut(&"x".repeat(41)).ends_with('…'));
}
