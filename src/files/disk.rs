//! The file store on disk: whole files, written once and durably.
//!
//! A file appears under its name only when all its bytes are on the disk: they go to a temporary file in the same
//! folder, which is flushed and then renamed, and the folder is flushed after it. Whoever reads sees the whole file
//! or none, also after a power cut. [`FileStore`] is what the rest of the program holds.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::key::FileKey;

/// Where uploaded bytes are kept.
#[derive(Debug, Clone)]
pub enum FileStore {
    Disk(Disk),
}

/// Why the store could not do what was asked. The messages are for the log and for `doctor`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("no such file: {0}")]
    Missing(FileKey),
    #[error("the disk that holds {} is full: free some space and try again", .0.display())]
    Full(PathBuf),
    #[error("{} can't be written: {}. Let the service's user own the folder, or set SANVAT_DATA_DIR to another", .0.display(), .1)]
    NotWritable(PathBuf, #[source] io::Error),
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, #[source] io::Error),
    #[error("the file store's worker was stopped")]
    Stopped,
}

impl StoreError {
    /// Stable code for JSON answers and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "file_missing",
            Self::Full(_) => "disk_full",
            Self::NotWritable(..) => "store_not_writable",
            Self::Io(..) | Self::Stopped => "store_failed",
        }
    }

    /// What the person at the form is told: nothing of paths, and that nothing was lost.
    pub fn in_vietnamese(&self) -> &'static str {
        match self {
            Self::Missing(_) => "Không tìm thấy tệp này.",
            Self::Full(_) => "Máy chủ hết chỗ lưu tệp, tệp chưa được nhận. Hãy báo cán bộ và gửi lại sau.",
            _ => "Máy chủ chưa lưu được tệp. Hãy thử lại sau ít phút.",
        }
    }

    /// The same in English.
    pub fn in_english(&self) -> &'static str {
        match self {
            Self::Missing(_) => "This file can't be found.",
            Self::Full(_) => "The server has no room left for files; yours was not taken. Please tell an officer.",
            _ => "The server could not store the file. Please try again in a few minutes.",
        }
    }

    fn from_io(path: &Path, error: io::Error) -> Self {
        use io::ErrorKind::{NotADirectory, PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded => Self::Full(path.to_owned()),
            PermissionDenied | ReadOnlyFilesystem | NotADirectory => Self::NotWritable(path.to_owned(), error),
            _ => Self::Io(path.to_owned(), error),
        }
    }
}

impl FileStore {
    /// Stores `bytes` under `key`, replacing what was there. When it returns, they survive a power cut.
    pub async fn put(&self, key: FileKey, bytes: Vec<u8>) -> Result<(), StoreError> {
        let Self::Disk(disk) = self.clone();
        blocking(move || disk.put(&key, &bytes)).await
    }

    pub async fn get(&self, key: FileKey) -> Result<Vec<u8>, StoreError> {
        let Self::Disk(disk) = self.clone();
        blocking(move || disk.get(&key)).await
    }

    /// Deleting what is not there is no error: a job may run twice.
    pub async fn delete(&self, key: FileKey) -> Result<(), StoreError> {
        let Self::Disk(disk) = self.clone();
        blocking(move || disk.delete(&key)).await
    }

    pub async fn exists(&self, key: FileKey) -> Result<bool, StoreError> {
        let Self::Disk(disk) = self.clone();
        blocking(move || disk.exists(&key)).await
    }

    /// Writes, reads back and deletes a small file: for `doctor` and `/readyz`.
    pub async fn probe(&self) -> Result<(), StoreError> {
        let Self::Disk(disk) = self.clone();
        blocking(move || disk.probe()).await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(StoreError::Stopped))
}

/// A folder of files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Disk {
    root: Arc<Path>,
    /// Numbers the temporary files of this process.
    next_temporary: Arc<AtomicU64>,
}

impl Disk {
    /// Opens the folder, making it if need be, and makes sure that it can be written.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, StoreError> {
        let root = root.as_ref();
        fs::create_dir_all(root).map_err(|error| StoreError::from_io(root, error))?;
        let disk = Self { root: Arc::from(root), next_temporary: Arc::default() };
        disk.probe()?;
        Ok(disk)
    }

    /// Stores `bytes` under `key`, replacing what was there. When it returns, they survive a power cut.
    pub fn put(&self, key: &FileKey, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.path(key);
        let failed = |error| StoreError::from_io(&path, error);
        let folder = path.parent().unwrap_or(&self.root);
        self.make_folder(folder).map_err(failed)?;
        let (temporary, file) = self.temporary(folder).map_err(failed)?;
        let written =
            fill(file, bytes).and_then(|()| fs::rename(&temporary, &path)).and_then(|()| flush_folder(folder));
        if written.is_err() {
            // The first error is the one to tell; a file left behind is only wasted space.
            let _ = fs::remove_file(&temporary);
        }
        written.map_err(failed)
    }

    pub fn get(&self, key: &FileKey) -> Result<Vec<u8>, StoreError> {
        let path = self.path(key);
        fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StoreError::Missing(key.clone()),
            _ => StoreError::Io(path, error),
        })
    }

    /// Deleting what is not there is no error: a job may run twice.
    pub fn delete(&self, key: &FileKey) -> Result<(), StoreError> {
        let path = self.path(key);
        let deleted = fs::remove_file(&path).and_then(|()| flush_folder(path.parent().unwrap_or(&self.root)));
        match deleted {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::from_io(&path, error)),
            _ => Ok(()),
        }
    }

    pub fn exists(&self, key: &FileKey) -> Result<bool, StoreError> {
        let path = self.path(key);
        path.try_exists().map_err(|error| StoreError::Io(path, error))
    }

    /// Writes, reads back and deletes a small file.
    pub fn probe(&self) -> Result<(), StoreError> {
        let failed = |error| StoreError::from_io(&self.root, error);
        let (temporary, file) = self.temporary(&self.root).map_err(failed)?;
        let proven = fill(file, b"sanvat").and_then(|()| fs::read(&temporary));
        let removed = fs::remove_file(&temporary);
        match proven.and_then(|read| removed.map(|()| read)) {
            Ok(read) if read == b"sanvat" => Ok(()),
            Ok(_) => Err(StoreError::Io(self.root.to_path_buf(), io::Error::other("what was written reads otherwise"))),
            Err(error) => Err(failed(error)),
        }
    }

    fn path(&self, key: &FileKey) -> PathBuf {
        self.root.join(key.as_str())
    }

    /// Makes the folders between the root and `folder`; each new name is flushed in the folder that holds it.
    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        let parent = folder.parent().unwrap_or(&self.root);
        if folder != &*self.root {
            self.make_folder(parent)?;
        }
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => flush_folder(parent),
        }
    }

    /// A new file that no key can name (keys have no dot in front). Another process on the same folder may have
    /// taken the name; then the next number is tried.
    fn temporary(&self, folder: &Path) -> io::Result<(PathBuf, File)> {
        loop {
            let number = self.next_temporary.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!(".{}-{number}.tmp", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(file) => return Ok((path, file)),
            }
        }
    }
}

fn fill(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// A rename is durable only once the folder is.
fn flush_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> FileKey {
        "10816/ab/0192f0c1-m.jpg".parse().unwrap()
    }

    fn file_names(folder: &Path) -> Vec<String> {
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[tokio::test]
    async fn what_is_put_is_got_until_deleted() {
        let root = tempfile::tempdir().unwrap();
        let store = FileStore::Disk(Disk::open(root.path().join("files")).unwrap());
        assert!(matches!(store.get(key()).await, Err(StoreError::Missing(_))));
        store.put(key(), b"first".to_vec()).await.unwrap();
        store.put(key(), b"second".to_vec()).await.unwrap();
        assert_eq!(store.get(key()).await.unwrap(), b"second");
        assert!(store.exists(key()).await.unwrap());
        store.delete(key()).await.unwrap();
        store.delete(key()).await.unwrap();
        assert!(!store.exists(key()).await.unwrap());
        store.probe().await.unwrap();
    }

    #[test]
    fn no_temporary_file_stays_behind() {
        let root = tempfile::tempdir().unwrap();
        let disk = Disk::open(root.path()).unwrap();
        disk.put(&key(), b"x").unwrap();
        assert_eq!(file_names(&root.path().join("10816/ab")), ["0192f0c1-m.jpg"]);
        assert_eq!(file_names(root.path()), ["10816"]);
    }

    #[test]
    fn a_failed_put_leaves_the_old_file_and_no_other() {
        let root = tempfile::tempdir().unwrap();
        let disk = Disk::open(root.path()).unwrap();
        // A folder stands where the file should be: the last step, the rename, fails.
        fs::create_dir_all(root.path().join(key().as_str()).join("inside")).unwrap();
        assert!(disk.put(&key(), b"x").is_err());
        assert_eq!(file_names(&root.path().join("10816/ab")), ["0192f0c1-m.jpg"]);
    }

    #[test]
    fn readers_see_one_whole_version_while_writers_race() {
        let root = tempfile::tempdir().unwrap();
        let disk = Disk::open(root.path()).unwrap();
        disk.put(&key(), &vec![0; 50_000]).unwrap();
        std::thread::scope(|scope| {
            for writer in 1..4u8 {
                let disk = disk.clone();
                scope.spawn(move || (0..20).for_each(|_| disk.put(&key(), &vec![writer; 50_000]).unwrap()));
            }
            for _ in 0..200 {
                let seen = disk.get(&key()).unwrap();
                assert_eq!(seen.len(), 50_000);
                assert!(seen.iter().all(|byte| *byte == seen[0]));
            }
        });
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_refused_at_the_start() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("taken");
        fs::write(&file, b"a file, not a folder").unwrap();
        let error = Disk::open(file.join("files")).unwrap_err();
        assert_eq!(error.code(), "store_not_writable");
        assert!(error.to_string().contains("SANVAT_DATA_DIR"), "{error}");
    }

    #[test]
    fn a_full_disk_is_told_as_such() {
        for number in [28, 122] {
            // ENOSPC and EDQUOT on Linux.
            let error = StoreError::from_io(Path::new("/srv"), io::Error::from_raw_os_error(number));
            assert_eq!(error.code(), "disk_full");
        }
    }

    /// Needs the right to mount a file system; says so and stops where there is none.
    #[test]
    fn a_disk_that_fills_up_keeps_what_it_had() {
        let root = tempfile::tempdir().unwrap();
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=128k", "tmpfs"])
            .arg(root.path())
            .output()
            .is_ok_and(|output| output.status.success());
        if !mounted {
            println!("skipped: may not mount a small file system here");
            return;
        }
        let disk = Disk::open(root.path()).unwrap();
        disk.put(&key(), &vec![1; 40_000]).unwrap();
        let outcome = disk.put(&key(), &vec![2; 400_000]);
        let kept = disk.get(&key());
        let names = file_names(&root.path().join("10816/ab"));
        std::process::Command::new("umount").arg(root.path()).status().unwrap();
        assert_eq!(outcome.unwrap_err().code(), "disk_full");
        assert_eq!(kept.unwrap(), vec![1; 40_000]);
        assert_eq!(names, ["0192f0c1-m.jpg"]);
    }
}
