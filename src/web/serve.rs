//! The socket: how many may come at once, and how long they may take.
//!
//! It speaks HTTP in the clear, for a reverse proxy beside it. Who is slow or silent
//! is let go, so that they are no burden to others.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How many connections there may be at once; others wait.
const CONNECTIONS: usize = 128;

/// How long the head of a request may take.
const HEAD: Duration = Duration::from_secs(10);

/// How long a connection may last.
const VISIT: Duration = Duration::from_mins(1);

/// How long to wait when the system gives no more connections.
const BREATH: Duration = Duration::from_secs(1);

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("pages cannot be served on {listen}: {error}; is something else listening there?")]
pub struct NoListener {
    listen: String,
    error: io::Error,
}

/// A socket that is open and not yet answered. A clone answers the same, so that who
/// answers can be replaced without turning anybody away.
#[derive(Debug, Clone)]
pub struct Listener(Arc<TcpListener>);

impl Listener {
    /// Listens on a host and a port.
    pub async fn bind(listen: &str) -> Result<Self, NoListener> {
        let wrong = |error| NoListener { listen: listen.to_owned(), error };
        TcpListener::bind(listen).await.map(|socket| Self(Arc::new(socket))).map_err(wrong)
    }

    /// Listens on a socket that somebody else has opened.
    pub fn of_tcp(socket: std::net::TcpListener) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self(Arc::new(TcpListener::from_std(socket)?)))
    }

    /// Where it listens.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.0.local_addr().ok()
    }

    /// Answers with `router` until `stop`; what was begun by then is finished.
    pub async fn serve(self, router: Router, stop: CancellationToken) {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let service = TowerToHyperService::new(router);
        let mut visits = JoinSet::new();
        loop {
            let place = tokio::select! {
                place = Arc::clone(&places).acquire_owned() => place,
                () = stop.cancelled() => break,
            };
            let accepted = tokio::select! {
                accepted = self.0.accept() => accepted,
                () = stop.cancelled() => break,
            };
            match accepted {
                Ok((stream, _)) => {
                    let visit = visit(stream, service.clone(), stop.clone());
                    visits.spawn(async move {
                        let _place = place;
                        // Whoever takes longer has left, or never meant to ask.
                        let _late = timeout(VISIT, visit).await;
                    });
                }
                Err(error) => {
                    tracing::warn!("a connection could not be taken: {error}");
                    sleep(BREATH).await;
                }
            }
            while visits.try_join_next().is_some() {}
        }
        while visits.join_next().await.is_some() {}
    }
}

async fn visit(stream: TcpStream, service: TowerToHyperService<Router>, stop: CancellationToken) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!("a connection ended early: {error}");
    }
}
