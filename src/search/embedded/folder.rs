//! The index folder: which generation is live, whether it is whole, and how a new one takes its place.
//!
//! `CURRENT` names the live generation's folder. It is replaced by rename, so a kill at any moment leaves either the
//! old or the new generation serving. Start at [`open`].

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::{Index, IndexReader, ReloadPolicy};

use super::rows::Cache;
use super::schema::Fields;
use crate::search::{RebuildReason, SearchError};

/// Raised when the fields or the way words are cut change; older indexes are then rebuilt.
const FORMAT: u32 = 2;
const CURRENT: &str = "CURRENT";

/// Parts of an index that one search walks at once, where the machine has the cores.
pub const WALKERS: usize = 2;

#[derive(Serialize, Deserialize)]
struct Current {
    format: u32,
    generation: u64,
    /// False from creation until a rebuild has filled it.
    complete: bool,
}

/// A generation that is open for searching.
pub struct Generation {
    pub number: u64,
    pub index: Index,
    pub reader: IndexReader,
    pub fields: Fields,
    pub rows: Cache,
}

impl Generation {
    /// Makes what was committed last searchable, with its rows already in memory.
    pub fn reload(&self) -> tantivy::Result<()> {
        self.reader.reload()?;
        self.rows.warm(&self.reader.searcher())
    }
}

fn folder_name(number: u64) -> String {
    format!("generation-{number}")
}

/// Opens the live generation; when there is none that can serve, an empty one, and why it must be filled.
pub fn open(dir: &Path) -> Result<(Generation, Option<RebuildReason>), SearchError> {
    fs::create_dir_all(dir).map_err(|e| SearchError::Storage(format!("cannot create {}: {e}", dir.display())))?;
    let (reason, number) = match read_current(dir) {
        Ok(None) => (RebuildReason::New, 0),
        Ok(Some(current)) if current.format != FORMAT => (RebuildReason::OtherFormat, current.generation),
        Ok(Some(current)) => match open_generation(dir, current.generation) {
            Ok(generation) => {
                sweep(dir, current.generation);
                return Ok((generation, (!current.complete).then_some(RebuildReason::Incomplete)));
            }
            Err(fault) => (RebuildReason::Damaged(fault), current.generation),
        },
        Err(fault) => (RebuildReason::Damaged(format!("{CURRENT}: {fault}")), newest(dir)),
    };
    let generation = create(dir, number + 1)?;
    set_current(dir, generation.number, false)?;
    sweep(dir, generation.number);
    Ok((generation, Some(reason)))
}

/// Makes an empty generation beside the live one.
pub fn create(dir: &Path, number: u64) -> Result<Generation, SearchError> {
    let folder = dir.join(folder_name(number));
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|e| SearchError::Storage(e.to_string()))?;
    }
    fs::create_dir_all(&folder).map_err(|e| SearchError::Storage(e.to_string()))?;
    let (schema, fields) = Fields::build();
    let mut index = Index::create_in_dir(&folder, schema)?;
    let reader = reader(&mut index)?;
    Ok(Generation { number, index, reader, fields, rows: Cache::default() })
}

/// Makes a generation the live one, durably.
pub fn set_current(dir: &Path, generation: u64, complete: bool) -> Result<(), SearchError> {
    let write = || -> io::Result<()> {
        let beside = dir.join("CURRENT.new");
        let mut file = File::create(&beside)?;
        file.write_all(&serde_json::to_vec(&Current { format: FORMAT, generation, complete })?)?;
        file.sync_all()?;
        fs::rename(&beside, dir.join(CURRENT))?;
        File::open(dir)?.sync_all()
    };
    write().map_err(|e| SearchError::Storage(format!("cannot write {}: {e}", dir.join(CURRENT).display())))
}

/// Removes every generation but the live one; open maps of removed files stay readable until they are dropped.
pub fn sweep(dir: &Path, live: u64) {
    for (number, path) in generations(dir) {
        if number != live
            && let Err(error) = fs::remove_dir_all(&path)
        {
            tracing::warn!(path = %path.display(), %error, "an old index folder could not be removed");
        }
    }
}

fn generations(dir: &Path) -> Vec<(u64, std::path::PathBuf)> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let numbered = |entry: fs::DirEntry| {
        let number = entry.file_name().to_str()?.strip_prefix("generation-")?.parse().ok()?;
        Some((number, entry.path()))
    };
    entries.flatten().filter_map(numbered).collect()
}

/// The highest generation number in the folder, 0 when there is none.
pub fn newest(dir: &Path) -> u64 {
    generations(dir).into_iter().map(|(number, _)| number).max().unwrap_or(0)
}

fn read_current(dir: &Path) -> Result<Option<Current>, String> {
    match fs::read(dir.join(CURRENT)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|e| e.to_string()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

fn open_generation(dir: &Path, number: u64) -> Result<Generation, String> {
    let folder = dir.join(folder_name(number));
    if !folder.is_dir() {
        return Err("its folder is missing".to_owned());
    }
    let directory = MmapDirectory::open(&folder).map_err(|e| e.to_string())?;
    let mut index = Index::open(directory).map_err(|e| e.to_string())?;
    let (schema, fields) = Fields::build();
    if index.schema() != schema {
        return Err("its fields are not ours".to_owned());
    }
    // A file that lost bytes can still open; only its checksum tells.
    let broken = index.validate_checksum().map_err(|e| e.to_string())?;
    if let Some(path) = broken.iter().next() {
        return Err(format!("{} does not match its checksum", path.display()));
    }
    let reader = reader(&mut index).map_err(|e| e.to_string())?;
    let generation = Generation { number, index, reader, fields, rows: Cache::default() };
    generation.reload().map_err(|e| e.to_string())?;
    Ok(generation)
}

fn reader(index: &mut Index) -> tantivy::Result<IndexReader> {
    if std::thread::available_parallelism().is_ok_and(|cores| cores.get() >= WALKERS) {
        index.set_multithread_executor(WALKERS)?;
    }
    index.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(8).try_into()
}
