// libmicrohttpd as Swift sees it: Debian's libmicrohttpd-dev, and as functions what Swift cannot import, variadic
// functions.
#ifndef HTTPC_SHIM_H
#define HTTPC_SHIM_H

#include <microhttpd.h>
#include <string.h>

/// What a server is started with. Every callback gets `context` as its first argument.
struct httpc_options {
  int listen_socket;
  unsigned int threads;
  unsigned int connections;
  /// 0: no limit.
  unsigned int connections_per_address;
  size_t connection_memory;
  unsigned int timeout_seconds;
  MHD_AccessHandlerCallback answer;
  void *(*begin)(void *context, const char *target, struct MHD_Connection *connection);
  MHD_RequestCompletedCallback complete;
  MHD_NotifyConnectionCallback notify;
  void *context;
};

/// Leaves a request's target as it was sent: decoding in place would hide a `%00` and a `%2F`.
static inline size_t httpc_keep(void *context, struct MHD_Connection *connection, char *text) {
  (void)context;
  (void)connection;
  return strlen(text);
}

/// `MHD_start_daemon` with threads of its own over epoll.
static inline struct MHD_Daemon *httpc_start(const struct httpc_options *options) {
  return MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, options->answer, options->context,
      MHD_OPTION_LISTEN_SOCKET, options->listen_socket, MHD_OPTION_THREAD_POOL_SIZE, options->threads,
      MHD_OPTION_CONNECTION_LIMIT, options->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
      options->connections_per_address, MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->connection_memory,
      MHD_OPTION_CONNECTION_TIMEOUT, options->timeout_seconds, MHD_OPTION_STRICT_FOR_CLIENT, 1,
      MHD_OPTION_UNESCAPE_CALLBACK, &httpc_keep, NULL, MHD_OPTION_URI_LOG_CALLBACK, options->begin, options->context,
      MHD_OPTION_NOTIFY_COMPLETED, options->complete, options->context, MHD_OPTION_NOTIFY_CONNECTION, options->notify,
      options->context, MHD_OPTION_END);
}

/// The socket of a connection, for `shutdown`; -1 where it is not known.
static inline int httpc_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == NULL ? -1 : info->connect_fd;
}

/// `MHD_SIZE_UNKNOWN`, a macro with a cast.
static inline uint64_t httpc_size_unknown(void) { return MHD_SIZE_UNKNOWN; }

/// `MHD_CONTENT_READER_END_OF_STREAM`, a macro with a cast.
static inline ssize_t httpc_end_of_stream(void) { return MHD_CONTENT_READER_END_OF_STREAM; }

#endif
