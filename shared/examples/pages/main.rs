//! Writes every page and message to a folder, in each language, with and without errors:
//! `cargo run -p shared --example pages -- OUT_DIR`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use shared::page::{self, Brand, Locale, Pages, Rendered, asset, asset_path};

mod samples;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::args().nth(1).ok_or("usage: pages OUT_DIR")?);
    fs::create_dir_all(&out)?;
    for name in ["latchkey.css", "form_post.js"] {
        fs::write(out.join(name), asset(name).ok_or(name)?.bytes)?;
    }
    let support_url = Some("https://help.example.com/".to_owned());
    let pages = Pages::new(Brand { name: "Latchkey".to_owned(), support_url, logo_url: None, css_url: None });
    for locale in Locale::ALL {
        for (name, page) in samples::pages() {
            write(&out, &format!("{name}.{locale}.html"), &pages.render(locale, &page)?)?;
        }
        for message in samples::messages() {
            let name = message.id();
            match pages.message(locale, &message)? {
                Rendered::Mail { subject, text, html } => {
                    write(&out, &format!("mail-{name}.{locale}.html"), &html)?;
                    write(
                        &out,
                        &format!("mail-{name}.{locale}.txt"),
                        &format!("Subject: {subject}\n\n{text}"),
                    )?;
                }
                Rendered::Sms { text } => write(&out, &format!("sms-{name}.{locale}.txt"), &text)?,
            }
        }
    }
    Ok(())
}

/// Writes a file, its assets beside it; the script is left out, since it would leave the page at once.
fn write(out: &Path, name: &str, text: &str) -> Result<(), Box<dyn Error>> {
    let mut text = text.to_owned();
    for (asset, beside) in [("latchkey.css", "latchkey.css"), ("form_post.js", "")] {
        let path = asset_path(asset).ok_or(asset)?;
        text = text.replace(&path, beside);
    }
    Ok(fs::write(out.join(name), text)?)
}
