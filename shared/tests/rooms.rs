//! The rooms' arrows point down: a room uses only rooms of its own level or below (docs/architecture.md).

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

const LEVELS: [&[&str]; 6] = [
    &[
        "store",
        "fetch",
        "http",
        "page",
        "app",
        "config",
        "assurance",
        "clock",
        "rng",
        "id",
        "secret",
        "names",
    ],
    &["hook", "keys", "message", "audit", "limit", "settings"],
    &["session", "credential", "client", "identity"],
    &["oauth", "consent", "risk", "federation"],
    &["account", "flow"],
    &["seed", "fuzz"],
];

fn level(room: &str) -> Option<usize> {
    LEVELS.iter().position(|rooms| rooms.contains(&room))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every file of every crate, with the folder of its crate's rooms.
fn rooms() -> Vec<(PathBuf, PathBuf)> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = fs::read_dir(shared).unwrap().map(|entry| entry.unwrap().path().join("src"));
    let mut files = Vec::new();
    for source in crates.filter(|source| source.is_dir()).chain([shared.join("src")]) {
        let mut found = Vec::new();
        rust_files(&source, &mut found);
        files.extend(found.into_iter().map(|file| (source.clone(), file)));
    }
    assert!(files.len() > 300, "only {} files", files.len());
    files
}

#[test]
fn rooms_use_only_what_lies_below() {
    let mut upward = Vec::new();
    for (source, file) in rooms() {
        let relative = file.strip_prefix(&source).unwrap();
        let first = relative.components().next().unwrap().as_os_str().to_str().unwrap();
        let room = first.trim_end_matches(".rs");
        if room == "lib" || relative.to_str().unwrap().contains("tests") {
            continue;
        }
        let from = level(room)
            .unwrap_or_else(|| panic!("the room `{room}` has no level: add it here and to the map"));
        for line in fs::read_to_string(&file).unwrap().lines() {
            for used in line.split("crate::").skip(1) {
                let name: String =
                    used.chars().take_while(|char| char.is_ascii_alphanumeric() || *char == '_').collect();
                if level(&name).is_some_and(|to| to > from) {
                    upward.push(format!("{}: {}", relative.display(), line.trim()));
                }
            }
        }
    }
    assert!(upward.is_empty(), "these point up:\n{}", upward.join("\n"));
}
