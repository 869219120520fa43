//! What is cut, as tables: a text of two lines, and what mail programs put below.

use super::*;
use crate::mail::parse::parse;

const WORDS: &str = "The tap leaks again.\nWhen can you come?";

fn own_of(below: &str) -> String {
    visible_text(&format!("{WORDS}\n\n{below}\n"))
}

#[test]
fn what_programs_and_lawyers_put_below_is_cut() {
    let below = [
        // Introductions of Gmail, Apple Mail, Thunderbird, Outlook for the web.
        "On Mon, 2 Mar 2026 at 09:00, Help <help@brook.example> wrote:\n> Is it well?",
        "El lun, 2 mar 2026 a las 9:00, Help (<help@brook.example>) escribió:\n> ¿Todo bien?",
        "Em seg., 2 de mar. de 2026 às 09:00, Help <help@brook.example> escreveu:\n> Tudo bem?",
        "Le lun. 2 mars 2026 à 09:00, Help <help@brook.example> a écrit :\n> Tout va bien ?",
        "Am Mo., 2. März 2026 um 09:00 Uhr schrieb Help <help@brook.example>:\n> Gut?",
        "Op ma 2 mrt 2026 om 09:00 schreef Help <help@brook.example>:\n> Goed?",
        "Il giorno lun 2 mar 2026 alle ore 09:00 Help <help@brook.example> ha scritto:\n> Bene?",
        "man. 2. mars 2026 kl. 09:00 skrev Help <help@brook.example\n>:\n> Bra?",
        "Den mån 2 mars 2026 kl 09:00 skrev Help <help@brook.example>:\n> Bra?",
        "pon., 2 mar 2026 o 09:00 Help <help@brook.example> napisał(a):\n> Dobrze?",
        "Op 2 mrt. 2026 schreef \"Help\" <help@brook.example> het\nvolgende geschreven:\n> Ja?",
        // Heads of Outlook.
        "From: Help <help@brook.example>\nSent: Monday, March 2\nTo: Jane\nSubject: Tap\n\nWell?",
        "Von: Help\nGesendet: Montag, 2. März\nAn: Jana\nBetreff: Hahn\n\nGut?",
        "De : Help\nEnvoyé : lundi 2 mars\nÀ : Jeanne\nObjet : Robinet\n\nBien ?",
        "De: Help\nEnviado el: lunes, 2 de marzo\nPara: Juana\nAsunto: Grifo\n\n¿Bien?",
        "Da: Help\nInviato: lunedì 2 marzo\nA: Gianna\nOggetto: Rubinetto\n\nBene?",
        "Van: Help\nVerzonden: maandag 2 maart\nAan: Janna\nOnderwerp: Kraan\n\nGoed?",
        "-----Ursprüngliche Nachricht-----\nVon: Help\n\nGut?",
        // Signatures and telephones.
        "-- \nJane Doe\nDoe & Daughters",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Enviado desde mi Samsung Galaxy",
        "Envoyé de mon iPhone",
        "Inviato da Outlook per Android<https://outlook.example/a?b=1>",
        "Verstuurd vanaf mijn iPad",
        "Enviado do meu telemóvel",
        "Sent from my iPhone\n\nJane Doe\n+351 210 000 000",
        "Regards,\n\nJane Doe\nHead of Taps\nDoe & Daughters Ltd\n+351 210 000 000",
        "Jane Doe\njane@customer.example\n+351 210 000 000\nwww.customer.example",
        // Notices.
        "This message and any attachments are confidential and intended only for the addressee. If \
            you are not the intended recipient, delete it.",
        "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat \
            sind, vernichten Sie diese E-Mail.",
        "Este mensaje y sus archivos adjuntos son confidenciales y van dirigidos exclusivamente a \
            su destinatario. Elimínelo si lo recibió por error.",
        "Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention \
            exclusive de leurs destinataires.",
        // A quoted line that was folded once more.
        "On Mon, 2 Mar 2026, Help <help@brook.example> wrote:\n> We were with you last week and \
            have mended the tap in the kitchen, so\nthat it should be well by now. Is it?",
    ];
    for below in below {
        assert_eq!(own_of(below), WORDS, "{below}");
    }
}

#[test]
fn what_its_writer_wrote_is_never_cut() {
    let below = [
        "Sent from my desk, this is easier than by telephone.",
        "Sent from the warehouse yesterday?\nPlease check.",
        "On Sunday I wrote to Ben.\nHe said: wait.",
        "From: Lisbon\nTo: Porto\nThat is the way.",
        "My number is:\n\njane@customer.example\n+351 210 000 000",
        "Thanks,\nJane",
        "Best regards\n\nJane Doe",
        "Thanks,\nJane\nPlease bring a spare part",
        "This message is confidential, I know.",
        "> Is it well?\n\nNo.\n\n> Shall we come?\n\nyes please",
        "> Is it well?\nno\n> Shall we come?\nyes",
        "First this.\n\n—\n\nThen that, and more of it.",
        "The options:\n-- a new tap\n-- a new seal",
        "The plan by adviser@customer.example is good. Yet\nit costs much.\nOn 2 March we decide.",
    ];
    for below in below {
        assert_eq!(own_of(below), format!("{WORDS}\n\n{below}"), "{below}");
    }
}

#[test]
fn what_is_written_below_a_telephones_line_is_kept() {
    for said in ["The key is under the mat.", "Shall I wait?", "no\nnot before Monday"] {
        let own = own_of(&format!("Sent from my iPhone\n\n{said}"));
        assert!(own.ends_with(said) && !own.contains("iPhone"), "{own}");
    }
}

#[test]
fn what_is_cut_is_kept_apart() {
    let quotation = "On Mon, 2 Mar 2026, Help <help@brook.example> wrote:\n> Well?";
    let text = format!("{WORDS}\n\n-- \nJane Doe\n\n{quotation}\n");
    let raw = format!("From: jane@customer.example\nSubject: Re: Tap\n\n{text}");
    let Parts { own, quoted, signature } = parts(&parse(raw.as_bytes()).unwrap());
    assert_eq!(own, WORDS);
    assert_eq!(quoted, quotation);
    assert_eq!(signature, "--\nJane Doe");
}

#[test]
fn what_is_passed_on_is_content() {
    let passed = "---------- Forwarded message ---------\nFrom: Eve <eve@shop.example>\nDate: Mon\n\
        Subject: Tap\n\nThe tap is in stock.";
    let raw = format!("From: jane@customer.example\nSubject: Fwd: Tap\n\nSee below.\n\n{passed}\n");
    assert_eq!(visible(&parse(raw.as_bytes()).unwrap()), format!("See below.\n\n{passed}"));
}

#[test]
fn every_line_of_a_very_long_text_is_kept() {
    let text = "a line\n".repeat(MOST_LINES + 10);
    assert_eq!(visible_text(&text).lines().count(), MOST_LINES + 10);
}
