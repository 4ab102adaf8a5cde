//! The SQL stores shared by several processes, and SQLite under `kill -9`.

mod crew;
mod ends;
mod history;
mod kills;
#[cfg(target_os = "linux")]
mod memory;
mod moves;
mod refreshes;
mod rotation;
mod wake_up;

/// Not a test of its own: what the child processes of the others run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Some((role, address)) = crew::role() else { return };
    match role.split(' ').collect::<Vec<_>>().as_slice() {
        ["load"] => kills::child(&address).await,
        #[cfg(target_os = "linux")]
        ["memory"] => memory::child(&address).await,
        ["rotate" | "spend"] => moves::child(&role, &address).await,
        ["recover" | "revoke"] => refreshes::child(&role, &address).await,
        ["rotation"] => rotation::child(&address).await,
        ["ends"] => ends::child(&address).await,
        ["history"] => history::child(&address).await,
        ["node", interval] => wake_up::child(&address, interval).await,
        other => panic!("{other:?}"),
    }
}
