//! The options of TCP sockets.

use std::{io, time::Duration};

use socket2::TcpKeepalive;

use super::Socket;

/// The options of a TCP socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpOptions {
    /// Sends each message at once (`TCP_NODELAY`). On by default.
    pub nodelay: bool,
    /// Asks a silent peer whether it is still there. On by default.
    pub keepalive: Option<KeepAlive>,
    /// How long sent data may stay unacknowledged, or the peer's window closed, before the connection fails
    /// (`TCP_USER_TIMEOUT`, Linux only). By default the system decides (about 15 minutes), because a server that stops
    /// reading while it waits for a lock looks the same.
    pub user_timeout: Option<Duration>,
}

/// When a silent peer is asked whether it is still there. `None` leaves a value to the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepAlive {
    /// Silence before the first question.
    pub idle: Option<Duration>,
    /// Time between questions.
    pub interval: Option<Duration>,
    /// Unanswered questions before the connection fails.
    pub count: Option<u32>,
}

impl Default for KeepAlive {
    /// A peer that is gone is noticed after two minutes: 60 seconds, then 4 questions 15 seconds apart.
    fn default() -> KeepAlive {
        KeepAlive {
            idle: Some(Duration::from_secs(60)),
            interval: Some(Duration::from_secs(15)),
            count: Some(4),
        }
    }
}

impl Default for TcpOptions {
    fn default() -> TcpOptions {
        TcpOptions { nodelay: true, keepalive: Some(KeepAlive::default()), user_timeout: None }
    }
}

impl TcpOptions {
    pub(super) fn set(&self, socket: &Socket) -> io::Result<()> {
        let socket = socket.as_socket();
        socket.set_tcp_nodelay(self.nodelay)?;
        if let Some(keepalive) = &self.keepalive {
            socket.set_tcp_keepalive(&keepalive.parameters())?;
        }
        #[cfg(target_os = "linux")]
        if self.user_timeout.is_some() {
            socket.set_tcp_user_timeout(self.user_timeout)?;
        }
        Ok(())
    }
}

impl KeepAlive {
    fn parameters(&self) -> TcpKeepalive {
        let mut parameters = TcpKeepalive::new();
        if let Some(idle) = self.idle {
            parameters = parameters.with_time(idle);
        }
        #[cfg(any(unix, windows))]
        if let Some(interval) = self.interval {
            parameters = parameters.with_interval(interval);
        }
        #[cfg(unix)]
        if let Some(count) = self.count {
            parameters = parameters.with_retries(count);
        }
        parameters
    }
}
