//! The page of the documentation that shows the matrix.

use std::fmt::Write as _;
use std::path::Path;

use super::cell::Outcome;
use super::rows::{ENDPOINTS, Row};

const HEAD: &str = "\
# Fault matrix

What `ssm-probe check` says when one endpoint has one fault and everything else is well: the finding, who can
mend it, and the exit status. The host is an EC2 instance with a good instance profile. Each cell is a run of
the program against a simulated AWS; `cargo test --test matrix` makes them all and compares this page, and
`UPDATE_MATRIX=1 cargo test --test matrix` writes it.

A session needs `ssm` and `ssmmessages` alone. `ec2messages`, `sts` and `s3` are useful or nothing to it, so no
fault of theirs is an error. In the columns `kms` and `logs` the session preferences ask for that service: sessions
are encrypted with a key, or logged to a log group. Whatever the fault, none is called a missing permission: nothing but AWS's own
words is evidence of that.

";

/// The page's text.
pub(crate) fn render(rows: &[Row], done: &[Outcome]) -> String {
    let mut text = HEAD.to_owned();
    let mut line = |cells: &[String]| {
        writeln!(text, "| {} |", cells.join(" | ")).expect("text takes more text");
    };
    let mut head = vec!["fault".to_owned()];
    head.extend(ENDPOINTS.map(|(service, _)| format!("`{service}`")));
    let rule: Vec<String> = head.iter().map(|_| "---".to_owned()).collect();
    line(&head);
    line(&rule);
    for row in rows {
        let mut cells = vec![row.name.to_owned()];
        cells.extend(ENDPOINTS.map(|(service, _)| {
            let outcome = done.iter().find(|it| it.cell.is(row, service));
            outcome.map_or_else(|| "–".to_owned(), |it| it.shown.clone())
        }));
        line(&cells);
    }
    text
}

/// The page in the documentation is this one.
pub(crate) fn is_current(text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/fault-matrix.md");
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        let folder = file.parent().expect("a page is in a folder");
        std::fs::create_dir_all(folder).expect("the folder can be made");
        std::fs::write(&file, text).expect("the page can be written");
    }
    let page = std::fs::read_to_string(&file).expect("the page is in the documentation");
    assert_eq!(page, text, "run UPDATE_MATRIX=1 cargo test --test matrix");
}
