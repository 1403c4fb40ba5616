//! Files that are replaced whole, so that a crash leaves the old or the new one, never a half.
use std::io::Write as _;
use std::path::Path;

use super::AwsError;

/// Replaces a file's content; only the owner may read it.
pub(super) fn replace(path: &Path, content: &[u8]) -> Result<(), AwsError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // A temporary file is made with mode 0600, and renaming keeps it.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(AwsError::file(folder))?;
    file.write_all(content).map_err(AwsError::file(path))?;
    file.as_file().sync_all().map_err(AwsError::file(path))?;
    file.persist(path).map_err(|error| AwsError::file(path)(error.error))?;
    Ok(())
}
