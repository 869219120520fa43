//! Servers that no test can make Dovecot be.
