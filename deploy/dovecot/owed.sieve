# A copy for owed of everything that Dovecot delivers, where the mail server before it is
# not yours to change. Tried by tests/deploy/run, with a Dovecot behind a Postfix.
#
# Dovecot hands the copy to sendmail, for the same name in a domain that only routes: the
# transport and the originals of deploy/postfix take it to owed from there. In
# 90-owed.conf this script is run before everybody's own.
require ["copy", "envelope", "variables"];

if allof (not header :contains "Auto-Submitted" "auto-generated",
          envelope :matches "to" "*@brook.example") {
    redirect :copy "${1}@copy.brook.example";
}
