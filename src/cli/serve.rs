//! `sanvat serve`: answers requests and works off the queue until told to stop, then finishes both.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::App;
use crate::figures::count;
use crate::imports;
use crate::jobs;
use crate::market::popularity;

/// Serves until SIGINT or SIGTERM; requests under way are finished and the queue's job at hand is done.
/// `ready` is called once the port is open.
pub async fn run(app: App, ready: impl FnOnce()) -> Result<(), String> {
    let address = app.config.listen;
    let asked = asked_to_stop();
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("can't listen on {address}: {error}. Name another with --listen"))?;
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(jobs::work(app.clone(), stopped.clone()));
    let openings = tokio::spawn(count::keep_counting(app.clone(), stopped.clone()));
    let dropping = tokio::spawn(imports::run::keep_dropping(app.clone(), stopped.clone()));
    let counting = tokio::spawn(popularity::keep_counting(app.clone(), stopped));
    tracing::info!(url = app.config.public(), database = app.db.engine(), "serving");

    ready();
    let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(async move {
        asked.await;
        tracing::info!("stopping: finishing requests under way");
        let _ = stop.send(true);
    });
    served.await.map_err(|error| error.to_string())?;
    worker.await.map_err(|error| error.to_string())?;
    openings.await.map_err(|error| error.to_string())?;
    dropping.await.map_err(|error| error.to_string())?;
    counting.await.map_err(|error| error.to_string())?;
    app.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Hears from now on that the process is asked to stop: set up before the port is open, so that who sees it answer may
/// ask.
fn asked_to_stop() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    async move {
        let interrupt = tokio::signal::ctrl_c();
        #[cfg(unix)]
        if let Ok(mut terminate) = terminate {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
        let _ = interrupt.await;
    }
}
