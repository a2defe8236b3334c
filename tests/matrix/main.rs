//! The fault matrix: every endpoint with every fault, one run of the program for each, and the
//! page of the documentation that shows what came out.
//!
//! A cell holds when the run ended in time, with the right finding, owner and exit status, and
//! called nothing a permission problem.

#![expect(
    clippy::disallowed_methods,
    reason = "tests stand outside the program: they run it, and read its pages"
)]

#[cfg(test)]
#[path = "../lab/mod.rs"]
#[expect(dead_code, reason = "the scenarios use the rest of the lab")]
mod lab;

#[cfg(test)]
mod cell;
#[cfg(test)]
mod page;
#[cfg(test)]
mod rows;

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::cell::{Cell, Outcome};
    use super::page;
    use super::rows::{ENDPOINTS, rows};

    /// Cells that run at a time; most of them only wait.
    const AT_A_TIME: usize = 12;

    #[test]
    fn every_cell_of_the_fault_matrix_holds_and_the_page_shows_it() {
        let rows = rows();
        let cells: Vec<Cell> = rows
            .iter()
            .flat_map(|row| {
                let columns = ENDPOINTS.into_iter();
                columns.filter_map(|(service, need)| Cell::new(row, service, need))
            })
            .collect();
        let done = run(&cells);
        let wrong: Vec<String> = done.iter().filter_map(Outcome::complaint).collect();
        if std::env::var_os("SHOW_MATRIX").is_some() {
            println!("{}", page::render(&rows, &done));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        page::is_current(&page::render(&rows, &done));
    }

    /// The cells' outcomes in the cells' order.
    fn run(cells: &[Cell]) -> Vec<Outcome> {
        let next = Mutex::new(cells.iter().enumerate());
        let done = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..AT_A_TIME {
                scope.spawn(|| {
                    loop {
                        let taken = next.lock().expect("no worker panics here").next();
                        let Some((number, cell)) = taken else {
                            return;
                        };
                        let outcome = cell.run();
                        let mut done = done.lock().expect("no worker panics here");
                        done.push((number, outcome));
                    }
                });
            }
        });
        let mut done = done.into_inner().expect("every worker is done");
        done.sort_by_key(|(number, _)| *number);
        done.into_iter().map(|(_, outcome)| outcome).collect()
    }
}
