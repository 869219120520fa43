//! All integration tests, in one binary: one link, and one place to look.
//!
//! A module a subject, in alphabetical order. What several of them stand on
//! (`peers`, real mail servers to talk to) stands in the same list.

#![cfg(test)]

mod acting;
mod after_the_job;
mod automatic;
mod away;
mod backup;
mod bad_input;
mod binary;
mod browser;
mod chain;
mod cli;
mod concern_pages;
mod concerns;
mod config;
mod contact_pages;
mod corpus;
mod crash;
mod days;
mod desk;
#[cfg(feature = "dkim")]
mod dkim;
mod due;
mod engine;
mod first;
mod health;
mod house;
mod imap;
mod in_doubt;
mod jobs_of_files;
mod jobs_told;
mod letters;
mod listening;
mod lmtp;
mod logs;
mod loops;
mod lost;
mod mail;
mod maildir;
mod messages;
mod mutated;
mod orders;
mod outages;
mod overrule;
mod peers;
mod peers_work;
mod promises;
mod receipts;
mod regroup;
mod reload;
mod scenario;
mod smtp_peer;
mod supervised;
mod tidy;
mod transport;
mod web;
mod whole_story;
mod zones;
