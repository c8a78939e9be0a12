//! The embedded index's folder: reopening, damage, killed rebuilds.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

type Damage = (&'static str, fn(&Path));

async fn open(dir: &Path) -> SearchIndex {
    SearchIndex::open_embedded(dir, Settings::bundled().unwrap()).await.unwrap()
}

async fn filled(dir: &Path) -> SearchIndex {
    let index = open(dir).await;
    let mut rebuild = index.rebuild().await.unwrap();
    rebuild.add((1..=20).map(|n| product(n, "Ổi lê Hà Bắc")).collect()).await.unwrap();
    rebuild.finish().await.unwrap();
    index
}

fn live_files(dir: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(dir).unwrap().flatten().map(|e| e.path()).filter(|p| p.is_dir());
    folders.flat_map(|f| fs::read_dir(f).unwrap().flatten().map(|e| e.path()).collect::<Vec<_>>()).collect()
}

#[tokio::test]
async fn a_new_index_asks_to_be_filled_and_a_filled_one_reopens() {
    let dir = tempfile::tempdir().unwrap();
    let index = open(dir.path()).await;
    assert_eq!(index.needs_rebuild().await.unwrap(), Some(RebuildReason::New));
    drop(index);
    assert_eq!(open(dir.path()).await.needs_rebuild().await.unwrap(), Some(RebuildReason::Incomplete));
    drop(filled(dir.path()).await);
    let index = open(dir.path()).await;
    assert_eq!(index.needs_rebuild().await.unwrap(), None);
    assert_eq!(index.document_count(COMMUNE).await.unwrap(), 20);
}

#[tokio::test]
async fn an_applied_change_survives_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let index = filled(dir.path()).await;
    fill(&index, vec![product(77, "Cáy kho")]).await;
    drop(index);
    assert_eq!(numbers(&open(dir.path()).await, &query("cáy")).await, [77]);
}

#[tokio::test]
async fn a_rebuild_dropped_in_the_middle_leaves_the_old_index() {
    let dir = tempfile::tempdir().unwrap();
    let index = filled(dir.path()).await;
    let mut rebuild = index.rebuild().await.unwrap();
    rebuild.add(vec![product(99, "Khác")]).await.unwrap();
    drop(rebuild);
    assert_eq!(index.document_count(COMMUNE).await.unwrap(), 20);
    assert!(index.rebuild().await.is_ok(), "another may begin");
}

#[tokio::test]
async fn every_kind_of_damage_is_noticed_and_reported() {
    let damages: [Damage; 5] = [
        ("a flipped byte", |dir| {
            let path = live_files(dir).into_iter().find(|p| p.extension().is_some_and(|e| e == "idx")).unwrap();
            let mut bytes = fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0xff;
            fs::write(path, bytes).unwrap();
        }),
        ("a cut file", |dir| {
            let path = live_files(dir).into_iter().find(|p| p.extension().is_some_and(|e| e == "store")).unwrap();
            fs::File::options().write(true).open(path).unwrap().set_len(3).unwrap();
        }),
        ("no meta.json", |dir| {
            fs::remove_file(live_files(dir).into_iter().find(|p| p.ends_with("meta.json")).unwrap()).unwrap();
        }),
        ("a broken CURRENT", |dir| fs::write(dir.join("CURRENT"), b"{").unwrap()),
        ("a missing folder", |dir| {
            let folder = fs::read_dir(dir).unwrap().flatten().map(|e| e.path()).find(|p| p.is_dir()).unwrap();
            fs::remove_dir_all(folder).unwrap();
        }),
    ];
    for (what, damage) in damages {
        let dir = tempfile::tempdir().unwrap();
        drop(filled(dir.path()).await);
        damage(dir.path());
        let index = open(dir.path()).await;
        let reason = index.needs_rebuild().await.unwrap();
        assert!(matches!(reason, Some(RebuildReason::Damaged(_))), "{what}: {reason:?}");
        assert_eq!(index.search(&query("ổi")).await.unwrap().total, 0);
        drop(index);
        drop(filled(dir.path()).await);
        assert_eq!(open(dir.path()).await.needs_rebuild().await.unwrap(), None, "{what}: mended");
    }
}

#[tokio::test]
async fn an_index_of_another_format_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()).await);
    let current = fs::read_to_string(dir.path().join("CURRENT")).unwrap();
    fs::write(dir.path().join("CURRENT"), current.replacen("\"format\":", "\"format\":9", 1)).unwrap();
    assert_eq!(open(dir.path()).await.needs_rebuild().await.unwrap(), Some(RebuildReason::OtherFormat));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), b"").unwrap();
    let opened = SearchIndex::open_embedded(&dir.path().join("file"), Settings::bundled().unwrap()).await;
    assert!(matches!(opened, Err(SearchError::Storage(_))));
}
