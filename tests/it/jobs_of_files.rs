//! `owed job import`: files as spreadsheets and other systems write them, good lines and
//! bad ones, once and again.

use serde_json::Value;

use crate::house::House;

const RULE: &str = "[[rule]]\nname = \"everyone\"\nbefore_leaving = true\n\
    escalation = \"late\"\n[escalation.late]\n\
    steps = [{ after = \"0m\", tell = \"supervisor\" }]\n";

/// How the import of a file ended, and what was said.
fn import(house: &House, name: &str) -> (Option<i32>, String, String) {
    import_of(house, name, &[])
}

fn import_of(house: &House, name: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let path = house.path(name);
    let out = house.ask(&[&["job", "import", path.to_str().unwrap()], more].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code(), text(&out.stdout), text(&out.stderr))
}

#[tokio::test]
async fn good_lines_of_a_file_are_noted_and_the_others_can_be_put_right() {
    let house = House::new(RULE);
    let running = house.start().await;
    let file = house.path("jobs.csv");
    let lines = "reference,title,done_by,contact,closed_at\n\
        J-1,New tap,ana,Jo <jo@customer.example>,2026-03-02\n\
        J-2,New roof,zoe,kim@customer.example,tomorrow\n\
        ,No name,ana,kim@customer.example,\n\
        J-4,too,many,columns,here,are\n\
        J-5,\"Boiler, serviced\",ana,+351 912 345 678,\n";
    std::fs::write(&file, lines).unwrap();
    let import = |name: &str| import(&house, name);
    let (code, said, wrong) = import("jobs.csv");
    assert_eq!(code, Some(1), "{said}{wrong}");
    assert!(said.starts_with("2 noted, 0 known and put right, 3 refused."), "{said}");
    for fault in [
        ":3: column 3, done_by: ",
        ":3: column 5, closed_at: \"tomorrow\" is no time",
        ":4: column 1, reference: give the job a name of its own, or say in closed_at",
        ":5: line: it has 6 columns, and the first 5",
    ] {
        assert!(wrong.contains(fault), "{fault}\n{wrong}");
    }
    let refused = std::fs::read_to_string(house.path("jobs.refused.csv")).unwrap();
    assert_eq!(refused.lines().count(), 4, "{refused}");
    let mended: String = refused
        .lines()
        .filter(|line| line.starts_with("reference") || line.starts_with("J-2"))
        .map(|line| line.replace("zoe", "ana").replace("tomorrow", "2026-03-02") + "\n")
        .collect();
    std::fs::write(house.path("mended.csv"), mended).unwrap();
    let (code, said, wrong) = import("mended.csv");
    assert_eq!(
        (code, said.as_str()),
        (Some(0), "1 noted, 0 known and put right, 0 refused.\n"),
        "{wrong}"
    );
    let (_, said, _) = import("jobs.csv");
    assert!(said.starts_with("0 noted, 2 known and put right, 3 refused."), "{said}");

    std::fs::write(&file, "title,done_by,contact,price,reference\n").unwrap();
    let (code, _, wrong) = import("jobs.csv");
    assert!(code == Some(2) && wrong.contains("no column \"price\""), "{wrong}");
    let text = |words: &[&str]| String::from_utf8(house.ask(words).stdout).unwrap();
    let json = text(&["job", "list", "--all", "--json"]);
    let rows: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |row: &Value| (row["reference"].clone(), row["check_in"].clone());
    let all: Vec<_> = rows.iter().map(told).collect();
    let over = |name: &str| (Value::from(name), Value::from("refused"));
    assert_eq!(all, ["J-2", "J-5", "J-1"].map(over), "nobody is asked here, the newest first");
    let people = text(&["job", "list", "--all"]);
    assert!(people.contains("Boiler, serviced") && people.contains("CHECK-IN"), "{people}");
    let live = text(&["job", "list"]);
    assert!(live.starts_with("No check-in is under way"), "{live}");

    let cancel = ["job", "cancel", "J-1", "--by", "ana", "--reason", "it was another's"];
    assert!(house.ask(&cancel).status.success());
    running.stop().await;
}

#[tokio::test]
async fn a_file_is_taken_as_spreadsheets_write_it_and_the_same_line_is_the_same_job() {
    let house = House::new(RULE);
    let running = house.start().await;
    let excel = "\u{feff}Title;Done by;Contact;Closed-at\r\n\
        New tap;\"ana, marta\";Jo <jo@customer.example>;2026-03-02\r\n\
        \r\n\
        Déjà vu;ana;+351 912 345 678;2026-03-02 15:30\r\n\
        New tap;\"ana, marta\";Jo <jo@customer.example>;2026-03-02\r\n\
        ;;;\r\n";
    std::fs::write(house.path("excel.csv"), excel).unwrap();
    std::fs::write(house.path("tabs.csv"), excel.replace(';', "\t")).unwrap();
    let said = |said: &str| (Some(0), format!("{said}, 0 refused.\n"), String::new());
    let once = import(&house, "excel.csv");
    assert_eq!(once, said("2 noted, 1 known and put right"));
    for again in ["excel.csv", "tabs.csv"] {
        assert_eq!(import(&house, again), said("0 noted, 3 known and put right"), "{again}");
    }
    let cancel = "2026-03-02 15:30, Déjà vu, +351 912 345 678";
    let cancel = ["job", "cancel", cancel, "--by", "ana", "--reason", "it was a dream"];
    assert!(house.ask(&cancel).status.success());

    // A job stays its contact's.
    let lines = "reference,title,done_by,contact\nJ-9,New tap,ana,Jo\n";
    std::fs::write(house.path("jos.csv"), lines).unwrap();
    std::fs::write(house.path("kims.csv"), lines.replace("Jo", "Kim")).unwrap();
    assert_eq!(import(&house, "jos.csv"), said("1 noted, 0 known and put right"));
    std::fs::write(house.path("jos.csv"), lines.replace("New tap", "Old tap")).unwrap();
    assert_eq!(import(&house, "jos.csv"), said("0 noted, 1 known and put right"));
    let json = house.ask(&["job", "list", "--all", "--json"]).stdout;
    let json = String::from_utf8(json).unwrap();
    let row: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    let story = house.ask(&["show", row["case"].as_str().unwrap()]).stdout;
    let story = String::from_utf8(story).unwrap();
    assert!(story.contains("“Old tap”: what was told of it is put right (by hand)"), "{story}");
    let (code, _, wrong) = import(&house, "kims.csv");
    assert!(code == Some(1) && wrong.contains("kims.csv:2: the job “J-9” is one for"), "{wrong}");
    let add = ["job", "add", "New tap", "--done-by", "ana", "--contact", "Kim"];
    let out = house.ask(&[&add[..], &["--reference", "J-9"]].concat());
    let wrong = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.code() == Some(2) && wrong.contains("tell it anew"), "{wrong}");

    // Letters are written as the file says, or as whoever imports it.
    let wide = excel.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    std::fs::write(house.path("wide.csv"), wide).unwrap();
    assert_eq!(import(&house, "wide.csv"), said("0 noted, 3 known and put right"));
    let czech = b"reference;title;done_by;contact\nJ-7;Dve\xf8e;ana;Kim\n;\xe8;ana;Kim\n";
    std::fs::write(house.path("czech.csv"), czech).unwrap();
    let (code, _, wrong) = import(&house, "czech.csv");
    assert!(code == Some(2) && wrong.contains("--encoding windows-1252"), "{wrong}");
    let (code, out, _) = import_of(&house, "czech.csv", &["--encoding", "windows-1250"]);
    assert!(code == Some(1) && out.starts_with("1 noted, 0 known and put right, 1"), "{out}");
    let listed = house.ask(&["job", "list", "--all"]).stdout;
    assert!(String::from_utf8(listed).unwrap().contains("Dveře"));
    let refused = std::fs::read_to_string(house.path("czech.refused.csv")).unwrap();
    assert!(refused.starts_with("\u{feff}") && refused.contains(";č;"), "{refused}");
    let utf8 = "reference;title;done_by;contact\nJ-11;Dveře;ana;Kim\n";
    std::fs::write(house.path("utf8.csv"), utf8).unwrap();
    let (code, _, wrong) = import_of(&house, "utf8.csv", &["--encoding", "windows-1252"]);
    assert!(code == Some(2) && wrong.contains("is UTF-8: import it without"), "{wrong}");
    let (code, _, wrong) = import_of(&house, "czech.csv", &["--encoding", "klingon"]);
    assert!(code == Some(2) && wrong.contains("nothing is written so"), "{wrong}");

    // What is refused comes back in the form that it had.
    let two = "reference;title;done_by;contact\nJ-1;Roof;ana;Kim\nJ-1;Wall;ana;Kim\n";
    std::fs::write(house.path("two.csv"), format!("\u{feff}{two}")).unwrap();
    let (code, _, wrong) = import(&house, "two.csv");
    assert!(wrong.contains(":3: column 1, reference: line 2 has it, too"), "{wrong}");
    let refused = std::fs::read_to_string(house.path("two.refused.csv")).unwrap();
    let expected = "\u{feff}reference;title;done_by;contact;refused\nJ-1;Wall;ana;Kim;";
    assert!(code == Some(1) && refused.starts_with(expected), "{refused}");
    running.stop().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_for_certain_is_refused_as_a_whole() {
    let house = House::new(RULE);
    let running = house.start().await;
    let head = "reference,title,done_by,contact\n";
    let line = "J-1,New tap,ana,Kim\n";
    let latin = [head.as_bytes(), line.as_bytes(), b"J-2,D\xe9j\xe0 vu,ana,Kim\n"].concat();
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(*b"t\0i").collect();
    let cases: [(&[u8], &str); 7] = [
        (&latin, ":3: what comes after \"J-2,D\" is no UTF-8: save it as “CSV UTF-8”"),
        (&wide, ":1: what comes after \"t\" is no UTF-16LE"),
        (
            b"reference,title,done_by,contact\nJ-1,\"New tap,ana,Kim\nJ-2,Roof,ana,Kim\n",
            ":2: a quotation mark is never closed",
        ),
        (
            b"reference,title,done_by,contact\nJ-1,New tap,ana,\"Kim\n",
            ":2: a quotation mark is never closed",
        ),
        (b"title,title,done_by,contact,reference\n", ":1: the column \"title\" stands there twice"),
        (b"title,done_by,reference\n", ":1: the column \"contact\" or \"case\" is missing"),
        (b"", ":1: the column"),
    ];
    for (bytes, fault) in cases {
        std::fs::write(house.path("jobs.csv"), bytes).unwrap();
        let (code, said, wrong) = import(&house, "jobs.csv");
        assert!(code == Some(2) && wrong.contains(fault), "{fault}\n{wrong}");
        assert!(said.is_empty() && wrong.ends_with("Nothing was noted.\n"), "{said}{wrong}");
    }
    // A mark for inches opens nothing; one that a later mark closes is said where it began.
    let odd = format!("{head}J-1,5\" tap,ana,Kim\nJ-2,\"Roof,ana,Kim\nJ-3,\"Wall\",ana,Kim\n");
    std::fs::write(house.path("odd.csv"), odd).unwrap();
    let (code, said, wrong) = import(&house, "odd.csv");
    assert!(code == Some(1) && said.starts_with("1 noted"), "{said}{wrong}");
    assert!(wrong.contains(":3: line: it goes on in the next"), "{wrong}");
    let (code, _, wrong) = import(&house, "nowhere.csv");
    assert!(code == Some(2) && wrong.contains("nowhere.csv could not be read"), "{wrong}");
    running.stop().await;
    std::fs::write(house.path("jobs.csv"), format!("{head}{line}")).unwrap();
    let (code, said, wrong) = import(&house, "jobs.csv");
    assert!(code == Some(3) && said.starts_with("0 noted"), "{said}{wrong}");
    assert!(wrong.contains("jobs.csv:2: this line and those after it were not noted"), "{wrong}");
    let help = house.ask(&["job", "import", "--help"]);
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    for column in owed_columns() {
        assert!(help.contains(&format!("\n  {column} ")), "{column}: {help}");
    }
}

fn owed_columns() -> Vec<String> {
    let fields = serde_json::to_value(owed::engine::told::ToldJob::default()).unwrap();
    fields.as_object().unwrap().keys().cloned().collect()
}
