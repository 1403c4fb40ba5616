//! Static files of the pages, compiled in and named by their content, so that a browser may keep them for ever.

/// How long a copy may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caching {
    /// The name carries the content's fingerprint: for ever.
    Immutable,
    /// The name may show other content after the next deployment: ask again, with the entity tag.
    Revalidate,
}

impl Caching {
    /// The `Cache-Control` value.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::Revalidate => "public, no-cache",
        }
    }
}

/// A file as it is served.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// The `Content-Type` value.
    pub content_type: &'static str,
    /// The content.
    pub bytes: &'static [u8],
    /// The `ETag` value, with its quotes.
    pub etag: &'static str,
    /// How long it may be kept under the name that was asked for.
    pub caching: Caching,
}

struct File {
    stem: &'static str,
    extension: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
    etag: &'static str,
}

impl File {
    fn hash(&self) -> &'static str {
        self.etag.trim_matches('"')
    }
}

macro_rules! file {
    ($stem:literal, $extension:literal, $content_type:literal) => {{
        const BYTES: &[u8] = include_bytes!(concat!("../../../assets/", $stem, ".", $extension));
        const ETAG: [u8; 18] = etag(BYTES);
        File {
            stem: $stem,
            extension: $extension,
            content_type: $content_type,
            bytes: BYTES,
            etag: match std::str::from_utf8(&ETAG) {
                Ok(etag) => etag,
                Err(_) => "",
            },
        }
    }};
}

static FILES: [File; 3] = [
    file!("latchkey", "css", "text/css; charset=utf-8"),
    file!("icon", "svg", "image/svg+xml"),
    file!("form_post", "js", "text/javascript; charset=utf-8"),
];

/// The file of this name: `latchkey.css`, or `latchkey.<fingerprint>.css`. A stranger's fingerprint, as a page
/// of the previous deployment carries it, gets the present file, but not for ever.
#[must_use]
pub fn asset(name: &str) -> Option<Asset> {
    FILES.iter().find_map(|file| {
        let middle = name.strip_prefix(file.stem)?.strip_suffix(file.extension)?;
        let caching = match middle.strip_prefix('.')?.strip_suffix('.') {
            None => Caching::Revalidate,
            Some(hash) if hash == file.hash() => Caching::Immutable,
            Some(hash) if hash.len() == 16 => Caching::Revalidate,
            Some(_) => return None,
        };
        let File { content_type, bytes, etag, .. } = *file;
        Some(Asset { content_type, bytes, etag, caching })
    })
}

/// Where a page finds the file: `latchkey.css` is at `/assets/latchkey.<fingerprint>.css`.
#[must_use]
pub fn asset_path(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    let file = FILES.iter().find(|file| file.stem == stem && file.extension == extension)?;
    Some(format!("/assets/{stem}.{}.{extension}", file.hash()))
}

/// The quoted hexadecimal FNV-1a hash: a fingerprint against stale caches, not against forgers.
const fn etag(bytes: &[u8]) -> [u8; 18] {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    let mut etag = [b'"'; 18];
    let mut digit = 16;
    while digit > 0 {
        etag[digit] = b"0123456789abcdef"[(hash & 15) as usize];
        hash >>= 4;
        digit -= 1;
    }
    etag
}
