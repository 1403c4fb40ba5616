//! The measurements as a table.

use std::time::Duration;

use crate::endpoints::{Row, Target};

/// Prints `rows`, and what a hash costs beside a sign-in.
pub(crate) fn print(rows: &[Row]) {
    println!(
        "| endpoint | requests/s | CPU ms | database ms | own ms | target ms | events ms | calls to AWS |\n\
         |---|---:|---:|---:|---:|---:|---:|---|"
    );
    for row in rows {
        println!("{}", line(row));
    }
    for row in rows {
        let Some(hash) = row.hash else { continue };
        let beyond = |time: Duration| (time.as_secs_f64() / hash.as_secs_f64() - 1.0) * 100.0;
        println!(
            "\nbare Argon2id: {} ms of CPU; a full sign-in costs {:.1} % more, {:.1} % without the embedded database",
            millis(hash),
            beyond(row.measured.processor),
            beyond(row.measured.own())
        );
    }
}

fn line(row: &Row) -> String {
    let measured = &row.measured;
    let calls: Vec<String> =
        measured.calls.iter().map(|(operation, count)| format!("{operation} {count:.2}")).collect();
    let (target, reached) = match row.target {
        Some(Target::Processor(target)) => (format!("{} all", millis(target)), measured.processor <= target),
        Some(Target::Own(target)) => (format!("{} own", millis(target)), measured.own() <= target),
        None => (String::new(), true),
    };
    format!(
        "| {} | {:.0} | {} | {} | {} | {target}{} | {} | {} |",
        row.name,
        measured.per_second(),
        millis(measured.processor),
        millis(measured.stand_ins),
        millis(measured.own()),
        if reached { "" } else { " **missed**" },
        millis(measured.aside),
        calls.join(", "),
    )
}

fn millis(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64() * 1000.0)
}
