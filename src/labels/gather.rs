//! Groups of what waits in a queue: what a scan costs is mostly the ways to the database and back, so those that come at
//! once share one.

use tokio::sync::mpsc;

/// Waits for the first and takes at most `most` of what is there; false once the queue is closed and empty.
pub async fn gather<T>(waiting: &mut mpsc::Receiver<T>, group: &mut Vec<T>, most: usize) -> bool {
    if waiting.recv_many(group, most).await == 0 {
        return false;
    }
    // What else is ready to run comes first: under load, others join the group.
    tokio::task::yield_now().await;
    while group.len() < most
        && let Ok(one) = waiting.try_recv()
    {
        group.push(one);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn those_who_are_about_to_ask_join_and_no_group_is_too_large() {
        let (queue, mut waiting) = mpsc::channel(8);
        let mut group = Vec::new();
        queue.send(0).await.unwrap();
        tokio::spawn(async move {
            for n in 1..5 {
                queue.send(n).await.unwrap();
            }
        });
        assert!(gather(&mut waiting, &mut group, 3).await);
        assert_eq!(group, [0, 1, 2]);
        group.clear();
        assert!(gather(&mut waiting, &mut group, 3).await);
        assert_eq!(group, [3, 4]);
        group.clear();
        assert!(!gather(&mut waiting, &mut group, 3).await, "closed");
    }
}
